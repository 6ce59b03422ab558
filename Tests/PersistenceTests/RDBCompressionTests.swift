import Bytes
import Configuration
import Keyspace
import Persistence
import Platform
import Testing

/// What liblzf compresses is decompressed here.
@Suite struct RDBCompressionTests {
    private func text(_ random: inout SeededRandom) -> [UInt8] {
        var text: [UInt8] = []
        let letters = 1 + random.below(8)
        while text.count < 21 + random.index(below: 6000) {
            if text.count > 4, random.chance(1, in: 2) {
                // Repeats what went before, overlapping what it makes.
                let start = text.count - 1 - random.index(below: min(text.count, 8000) - 1)
                for index in 0..<random.index(below: 300) { text.append(text[start + index]) }
            } else {
                text += (0..<random.index(below: 40)).map { _ in UInt8(random.below(letters)) }
            }
        }
        return text
    }

    @Test func whatIsCompressedComesBack() throws {
        var random = SeededRandom(seed: 1)
        let keyspace = Keyspace(databaseCount: 1)
        var scratch = ByteBuffer()
        var saved = 0
        for round in 0..<400 {
            let text = text(&random)
            try "key".withSlice { name in
                text.withSlice {
                    keyspace[0].setUntold(Key(name), to: .bytes($0), deadline: .remove)
                }
                guard let entry = keyspace[0].entryUntouched(of: Key(name)) else { return }
                var payload = ByteBuffer()
                DumpPayload.append(entry, to: &payload, compressing: true)
                saved += text.count - payload.count
                let value = try DumpPayload.restore(
                    payload.bytes, encodings: EncodingSettings(), using: &scratch)
                guard case .string(.bytes(let bytes)) = value else {
                    Issue.record("round \(round): not a text")
                    return
                }
                #expect(bytes.array == text, "round \(round)")
            }
        }
        #expect(saved > 100_000)
    }

    @Test(arguments: [
        ("00 61 e0 0f 00", 25, true),
        // The last byte is missing; the offset reaches before the start; too much; too little.
        ("00 61 e0 0f", 25, false), ("00 61 e0 0f 01", 25, false), ("00 61 e0 0f 00", 24, false),
        ("00 61 e0 0f 00", 26, false), ("20 00", 3, false), ("05 61 62", 6, false),
        ("02 61 62 63 20 02", 6, true), ("02 61 62 63 60 02", 8, true), ("", 0, false),
    ])
    func damagedReferencesAreNoticed(compressed: String, size: Int, isSound: Bool) {
        let data = [UInt8](hex: compressed)
        let payload =
            [UInt8](hex: "00 c3") + [UInt8(data.count), UInt8(size)] + data
            + [UInt8](repeating: 0, count: 10)
        payload.withSlice { payload in
            do throws(RDBError) {
                try DumpPayload.check(payload, depth: .contents)
                #expect(isSound)
            } catch {
                #expect(!isSound)
            }
        }
    }
}
