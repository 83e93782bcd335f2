//! Forms that both parsers take, read by both.

use super::*;

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Writes a form of random parts whose data is full of what almost is a boundary.
fn form(random: &mut Random) -> Vec<u8> {
    let mut whole = Vec::new();
    for _ in 0..random.below(5) {
        whole.extend_from_slice(b"--XBX\r\n");
        let name = random.pick(&["a", "b c", "", "naïve", "x;y", "--XBX"]);
        let file_name =
            random.pick(&["", "; filename=\"f.txt\"", "; filename=\"\"", "; filename=\"ü ;.txt\""]);
        let disposition = random.pick(&["Content-Disposition", "content-disposition"]);
        whole.extend_from_slice(
            format!("{disposition}: form-data; name=\"{name}\"{file_name}\r\n").as_bytes(),
        );
        whole.extend_from_slice(
            random.pick(&["", "Content-Type: text/plain\r\n", "X-Other: é\r\n"]).as_bytes(),
        );
        whole.extend_from_slice(b"\r\n");
        for _ in 0..random.below(12) {
            let piece = random
                .pick(&["\r", "\n", "\r\n", "-", "--", "\r\n--", "\r\n--XB", "--XBX", "X", "data", "\0"]);
            // Only a delimiter would end the data.
            if !(piece.starts_with('X') && whole.ends_with(b"\r\n--XB")
                || piece.starts_with("--XBX") && whole.ends_with(b"\r\n"))
            {
                whole.extend_from_slice(piece.as_bytes());
            }
        }
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(b"--XBX--\r\n");
    whole
}

async fn read_with_multer(whole: &[u8]) -> Result<Vec<Read>, multer::Error> {
    let body = http_body_util::Full::new(Bytes::copy_from_slice(whole));
    let mut form = multer::Multipart::new(http_body_util::BodyDataStream::new(body), "XBX");
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        parts.push((name, file_name, field.bytes().await?.to_vec()));
    }
    Ok(parts)
}

#[tokio::test]
async fn generated_forms_read_as_multer_reads_them() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2000 {
        let whole = form(&mut random);
        let expected = read_with_multer(&whole).await.unwrap();
        let sizes: Vec<usize> = (0..8).map(|_| 1 + random.below(40)).collect();
        let read = read_all(Chunks::cut(&whole, &sizes), &Limits::DEFAULT).await;
        assert_eq!(read.unwrap(), expected, "{}", whole.escape_ascii());
    }
}

#[tokio::test]
async fn damaged_forms_never_panic_and_what_both_take_reads_the_same() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut both = 0;
    for _ in 0..2000 {
        let mut whole = form(&mut random);
        for _ in 0..=random.below(2) {
            // A damaged first boundary makes the first part a preamble, which the two find the end of differently.
            let at = "--XBX".len() + random.below(whole.len() - "--XBX".len());
            match random.below(3) {
                0 => whole[at] = b"\r\n-X\0\"\\;: a\xff"[random.below(12)],
                1 => drop(whole.remove(at)),
                _ => whole.insert(at, b"\r\n-X\0\"\\;: a\xff"[random.below(12)]),
            }
        }
        let sizes: Vec<usize> = (0..8).map(|_| 1 + random.below(40)).collect();
        let read = read_all(Chunks::cut(&whole, &sizes), &Limits::DEFAULT).await;
        if let (Ok(read), Ok(expected)) = (read, read_with_multer(&whole).await) {
            both += 1;
            // Names differ by how each undoes escapes; data must not.
            let data = |parts: &[Read]| parts.iter().map(|part| part.2.clone()).collect::<Vec<_>>();
            assert_eq!(data(&read), data(&expected), "{}", whole.escape_ascii());
        }
    }
    assert!(both > 100, "only {both} damaged forms were taken by both");
}
