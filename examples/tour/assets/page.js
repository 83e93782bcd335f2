const answer = document.getElementById("answer");
const show = (text) => { answer.textContent = text; };

async function send(path, options) {
  const response = await fetch(path, { method: "POST", ...options });
  const text = await response.text();
  let body = text;
  try { body = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON */ }
  show(`${response.status} ${response.statusText}\nserver-timing: ${response.headers.get("server-timing")}\n\n${body}`);
}

// A text that is no number is sent as it is, so that the server can say what is wrong with it.
const number = (text) => (text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text);

let socket;
function say(path, text) {
  if (!socket || socket.readyState > WebSocket.OPEN) {
    socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}?name=Ann`);
    socket.onmessage = (event) => show(`${answer.textContent}\n< ${event.data}`);
    socket.onclose = (event) => show(`${answer.textContent}\nclosed: ${event.code} ${event.reason}`);
    show("connected to the counter");
  }
  const go = () => { show(`${answer.textContent}\n> ${text}`); socket.send(text); };
  if (socket.readyState === WebSocket.OPEN) { go(); } else { socket.addEventListener("open", go, { once: true }); }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const data = new FormData(form);
  if (form.dataset.json) {
    const order = { email: data.get("email"), items: [{ book: number(data.get("book")), qty: number(data.get("qty")) }] };
    send(form.dataset.json, { headers: { "content-type": "application/json" }, body: JSON.stringify(order) });
  } else if (form.dataset.form) {
    send(form.dataset.form, { body: new URLSearchParams(data) });
  } else if (form.dataset.upload) {
    send(form.dataset.upload, { body: data });
  } else {
    say(form.dataset.socket, data.get("text"));
  }
});
