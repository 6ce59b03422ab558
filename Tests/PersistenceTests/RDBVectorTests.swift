import Bytes
import Persistence
import Testing

@Suite struct RDBVectorTests {
    /// Payloads that a server of version 7.0.15 answered.
    private static let payloads: [(type: RDBType, hex: String)] = [
        (.string, "000568656c6c6f0a006372df766534200a"),
        (.string, "00c0fb0a0049c4c6f4d7263f68"),
        (.string, "00c139300a009d94ea2793fc08b9"),
        (.string, "00c2d20296490a0002a479f6c2d5670a"),
        (.string, "000b31323334353637383930310a00304e52d727176510"),
        (.string, "00c3094040016161e033000161610a00c3659612ce1cc46c"),
        (
            .listQuicklist,
            "12010210100000000300816102816202c12c02ff0a008f9f9f4e52e24bb8"
        ),
        (
            .setIntset,
            "0b1404000000030000000100000002000000701101000a0085d5c1065b1dd055"
        ),
        (.setHashtable, "020101780a00ffe880ba760c2f09"),
        (
            .hashListpack,
            "1012120000000400816602817602816e020a01ff0a0045f842d8ea0693ca"
        ),
        (.hashHashtable, "04010166c3094041017676e034000176760a003d71be523786cf45"),
        (
            .zsetListpack,
            "1114140000000400816102010181620283322e3504ff0a00d44c6ea4f644d9d7"
        ),
        (
            .zsetBinaryScores,
            "0501c3094041016d6de03400016d6d000000000000f0ff0a00dfab764cd036e8c5"
        ),
        (
            .streamWithOffsets,
            """
            1301100000000000000001000000000000000128280000000f000201000101018166020001020100
            01000181760204010201010100018177020401ff0202010101000002010167010101010000000000
            00000100000000000000015c34a1f9a1010000010101635c34a1f9a1010000010000000000000001
            00000000000000010a00de5d57b222ef2d93
            """
        ),
    ]

    @Test(arguments: payloads)
    func aPayloadOfTheOracleIsIntactAndSound(type: RDBType, hex: String) throws {
        let payload = [UInt8](hex: hex)
        try payload.withSlice { payload in
            #expect(DumpPayload.isIntact(payload))
            let found = try DumpPayload.check(payload, depth: .contents)
            #expect(found == type)
        }
    }

    @Test(arguments: payloads)
    func sealingGivesTheSamePayload(type: RDBType, hex: String) {
        let payload = [UInt8](hex: hex)
        payload.withSlice { payload in
            var sealed = ByteBuffer()
            sealed.append(payload[..<(payload.count - 10)])
            DumpPayload.seal(&sealed, version: RDBFormat.versionOfRedis70)
            #expect(sealed.bytes == payload)
        }
    }

    @Test(arguments: payloads)
    func everyShorterPayloadIsRefused(type: RDBType, hex: String) {
        let payload = [UInt8](hex: hex)
        for count in 0..<payload.count {
            Array(payload[..<count]).withSlice { #expect(!DumpPayload.isIntact($0)) }
        }
        // The value itself is cut, the frame is as long as it was.
        for count in 0..<(payload.count - 10) {
            let cut = Array(payload[..<count]) + payload.suffix(10)
            #expect(throws: RDBError.self) {
                try cut.withSlice { _ = try DumpPayload.check($0, depth: .boundaries) }
            }
        }
    }

    @Test func aChangedBitIsNoticed() {
        let payload = [UInt8](hex: Self.payloads[0].hex)
        for index in payload.indices {
            for bit in 0..<8 {
                var changed = payload
                changed[index] ^= 1 << bit
                changed.withSlice { #expect(!DumpPayload.isIntact($0)) }
            }
        }
    }

    @Test func aLaterVersionIsRefused() {
        var payload = ByteBuffer()
        payload.append("\u{0}\u{1}x")
        DumpPayload.seal(&payload, version: 13)
        #expect(!DumpPayload.isIntact(payload.bytes))
    }
}
