//! Requests to the todo application, in order, with the answers that every host gives.

use bytes::Bytes;

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    pub(super) status: u16,
    pub(super) answer_headers: &'static [(&'static str, &'static str)],
    pub(super) answer: &'static str,
}

impl Case {
    pub(super) fn body(&self) -> Bytes {
        Bytes::from_static(self.body.as_bytes())
    }

    /// Whether the head promises a body that is never sent, since the answer does not wait for it.
    pub(super) fn only_declares_its_body(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == "content-length")
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const MULTIPART: (&str, &str) = ("content-type", "multipart/form-data; boundary=XX");
const PROBLEM: (&str, &str) = ("content-type", "application/problem+json");
const VARY: (&str, &str) = ("vary", "Accept");
const ANN: (&str, &str) = ("x-user", "ann");

const REFUSED: &[(&str, &str)] = &[JSON, VARY];

const fn get(name: &'static str, path: &'static str) -> Case {
    Case {
        name,
        method: "GET",
        path,
        headers: &[],
        body: "",
        status: 200,
        answer_headers: &[JSON],
        answer: "",
    }
}

const fn post(
    name: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> Case {
    Case { method: "POST", headers, body, ..get(name, path) }
}

pub(super) const CASES: &[Case] = &[
    Case { answer: "[]", ..get("an empty list", "/todos") },
    Case {
        status: 201,
        answer_headers: &[JSON, ("location", "/todos/1")],
        answer: r#"{"id":1,"title":"milk","tags":["shop"],"done":false,"by":"ann"}"#,
        ..post("a new todo", "/todos", &[JSON, ANN], r#"{"title":"milk","tags":["shop"]}"#)
    },
    Case {
        answer: r#"[{"id":1,"title":"milk","tags":["shop"],"done":false,"by":"ann"}]"#,
        ..get("a list with a filter", "/todos?done=no&limit=5")
    },
    Case {
        answer: r#"{"id":1,"title":"milk","tags":["shop"],"done":false,"by":"ann"}"#,
        ..get("one todo", "/todos/1")
    },
    Case {
        answer: r#"{"id":1,"title":"oat milk & more","tags":["shop"],"done":false,"by":"ann"}"#,
        ..post("an urlencoded form", "/todos/1/title", &[FORM], "title=oat+milk+%26+more")
    },
    Case {
        answer: r#"{"id":1,"note":"see","file":"list.txt","bytes":11}"#,
        ..post(
            "a multipart form with a file",
            "/todos/1/file",
            &[MULTIPART],
            "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nsee\r\n--XX\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"a/b\\list.txt\"\r\nContent-Type: text/plain\r\n\r\nmilk\r\nbread\r\n--XX--\r\n",
        )
    },
    Case {
        method: "PUT",
        answer: r#"{"id":1,"title":"bread","tags":[],"done":true,"by":"ann"}"#,
        ..post("path, query and body in one struct", "/todos/1?done=yes", &[JSON], r#"{"title":"bread"}"#)
    },
    Case {
        status: 404,
        answer_headers: REFUSED,
        answer: r#"{"error":"there is no such todo"}"#,
        ..get("the application's own error", "/todos/7")
    },
    Case {
        status: 401,
        answer_headers: REFUSED,
        answer: r#"{"error":"say who you are in X-User"}"#,
        ..post("a factory that refuses", "/todos", &[JSON], r#"{"title":"milk"}"#)
    },
    Case {
        status: 400,
        answer_headers: REFUSED,
        answer: r#"{"ParseError":{"Place":"URL Path Parameter","FieldName":"id","Reason":"expected a whole number from 0 to 18446744073709551615, got \"x\""}}"#,
        ..get("a path that is no number", "/todos/x")
    },
    Case {
        status: 400,
        answer_headers: REFUSED,
        answer: r#"{"ValidationError":{"Fields":{"limit":"must be from 1 to 100"},"Place":"Query Parameter"}}"#,
        ..get("a broken rule", "/todos?limit=101")
    },
    Case {
        method: "PUT",
        status: 400,
        answer_headers: &[PROBLEM, VARY],
        answer: concat!(
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request cannot be read","problems":["#,
            r#"{"in":"path","path":"id","code":"type","message":"expected a whole number from 0 to 18446744073709551615, got \"x\""},"#,
            r#"{"in":"query","path":"done","code":"type","message":"expected true or false, got \"maybe\""},"#,
            r#"{"in":"body","path":"tags[1]","code":"type","message":"expected a text, got 2"},"#,
            r#"{"in":"body","path":"title","code":"length","message":"must have at least 1 and at most 80 characters","#,
            r#""params":{"max":80,"min":1}}]}"#,
        ),
        ..post(
            "all problems in one answer",
            "/todos/x?done=maybe",
            &[JSON, ("accept", "application/problem+json")],
            r#"{"title":"","tags":["a",2]}"#,
        )
    },
    Case {
        status: 415,
        answer_headers: REFUSED,
        answer: r#"{"error":"send the body as JSON, content type `application/json`, in UTF-8"}"#,
        ..post("a content type that is not read", "/todos", &[("content-type", "text/xml"), ANN], "<todo/>")
    },
    Case {
        status: 413,
        answer_headers: REFUSED,
        answer: r#"{"error":"the body is larger than 2097152 bytes"}"#,
        ..post(
            "a body that is too large by what it declares",
            "/todos",
            &[JSON, ANN, ("content-length", "2097153")],
            "",
        )
    },
    Case {
        status: 404,
        answer_headers: REFUSED,
        answer: r#"{"error":"not found"}"#,
        ..get("a path that leads nowhere", "/nowhere")
    },
    Case {
        method: "DELETE",
        status: 405,
        answer_headers: &[("allow", "GET,HEAD,POST"), JSON, VARY],
        answer: r#"{"error":"method not allowed"}"#,
        ..get("a method that the path does not have", "/todos")
    },
    Case {
        status: 500,
        answer_headers: REFUSED,
        answer: r#"{"error":"internal server error"}"#,
        ..get("a panic", "/fall")
    },
    Case {
        answer: concat!(
            r#"["GET /todos 200 Complete 2","#,
            r#""POST /todos 201 Complete 63","#,
            r#""GET /todos 200 Complete 65","#,
            r#""GET /todos/{id} 200 Complete 63","#,
            r#""POST /todos/{id}/title 200 Complete 74","#,
            r#""POST /todos/{id}/file 200 Complete 50","#,
            r#""PUT /todos/{id} 200 Complete 57","#,
            r#""GET /todos/{id} 404 Complete 33","#,
            r#""POST /todos 401 Complete 37","#,
            r#""GET /todos/{id} 400 Complete 139","#,
            r#""GET /todos 400 Complete 90","#,
            r#""PUT /todos/{id} 400 Complete 531","#,
            r#""POST /todos 415 Complete 76","#,
            r#""POST /todos 413 Complete 49","#,
            r#""GET - 404 Complete 21","#,
            r#""DELETE /todos 405 Complete 30","#,
            r#""GET /fall 500 Panic 33"]"#,
        ),
        ..get("the statistics of all of these", "/stats")
    },
];
