import Bytes
import Testing

@Suite struct ChecksumTests {
    @Test(
        arguments: [
            ("", 0), ("\u{0}", 0), ("123456789", 0xe9c6_d914_c4b8_d9ca),
            ("This is a test of the emergency broadcast system.", 0x4215_3dc5_db99_540f),
        ] as [(String, UInt64)])
    func sumsRedissVectors(text: String, expected: UInt64) {
        #expect(text.withSlice { CRC64.of($0) } == expected)
    }

    @Test func sumsInPiecesWhatItSumsAtOnce() {
        let bytes = (0..<1500).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ ($0 >> 3)) }
        // The plain definition, a bit at a time.
        var expected: UInt64 = 0
        for byte in bytes {
            expected ^= UInt64(byte)
            for _ in 0..<8 {
                expected = expected & 1 != 0 ? expected >> 1 ^ 0x95ac_9329_ac4b_c9b5 : expected >> 1
            }
        }
        bytes.withSlice { whole in
            #expect(CRC64.of(whole) == expected)
            for cut in 0...whole.count {
                var sum = CRC64()
                sum.update(whole[..<cut])
                var rest = CRC64(continuing: sum.value)
                rest.update(whole[cut...])
                #expect(rest.value == expected)
            }
        }
    }

    @Test func sumsKeySlots() {
        #expect(CRC16.of(ByteSlice("123456789")) == 0x31c3)
        #expect(CRC16.of(ByteSlice("foo")) % 16384 == 12182)
        #expect(CRC16.of(ByteSlice("")) == 0)
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ])
    func hashesTheStandardsExamples(text: String, expected: String) {
        #expect(text.withSlice { SHA1.hex(of: $0) } == expected)
    }

    @Test func hashesInPiecesWhatItHashesAtOnce() {
        let bytes = [UInt8](repeating: 0x61, count: 1_000)
        bytes.withSlice { whole in
            for cut in [0, 1, 55, 56, 63, 64, 65, 999, 1000] {
                var hash = SHA1()
                hash.update(whole[..<cut])
                _ = hash.digest
                hash.update(whole[cut...])
                #expect(SHA1.hex(hash.digest) == "291e9a6c66994949b57ba5e650361e98fc36b1ba")
            }
        }
    }
}
