import Bytes
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and the lengths around the end of a block.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 55),
            "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
        ),
        (
            String(repeating: "a", count: 64),
            "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
        ),
        (
            String(repeating: "a", count: 1000),
            "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
        ),
    ])
    func digests(_ text: String, _ digest: String) {
        #expect(text.withSlice { SHA256.hex(of: $0) }.text == digest)
    }

    @Test func piecesMakeTheSameDigestAsTheWhole() {
        let text = Array(
            "the quick brown fox jumps over the lazy dog, again and again and again".utf8)
        let whole = text.withSlice { SHA256.hex(of: $0) }
        for cut in 0...text.count {
            var hash = SHA256()
            Array(text[..<cut]).withSlice { hash.update($0) }
            Array(text[cut...]).withSlice { hash.update($0) }
            let digest = hash.digest
            let hex = digest.indices.flatMap { [digest[$0] >> 4, digest[$0] & 15] }
            #expect(ByteString(hex.map { Hexadecimal.digit($0) }) == whole)
        }
    }
}
