import Bytes
import Persistence
import Testing

@Suite struct RDBFileTests {
    /// Database 0 with `a` = 1 and `b` = x until 2100, as a server of version 7.0.15 wrote it.
    static let file = [UInt8](
        hex: """
            524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c0
            40fa056374696d65c2cd6a006bfa08757365642d6d656dc2081a1200fa08616f662d62617365c000
            fe00fb0201fc00d8c32cbb0300000001620178000161c001ffc93de5894024ebae
            """)

    private func examine(
        _ bytes: [UInt8], depth: ValueWalker.Depth = .contents
    ) throws(RDBError) -> RDBFile.Summary {
        try bytes.withSlice { bytes throws(RDBError) in
            try RDBFile.examine(bytes, depth: depth)
        }
    }

    private func failure(_ hex: String, head: String = "REDIS0010") -> RDBError? {
        do throws(RDBError) {
            _ = try examine(Array(head.utf8) + [UInt8](hex: hex))
            return nil
        } catch {
            return error
        }
    }

    @Test func tellsWhatAFileSays() throws {
        let summary = try examine(Self.file)
        #expect(summary.version == 10)
        #expect(summary.size == 113)
        #expect(summary.checksum == .correct)
        #expect(summary.keys == 2)
        #expect(summary.expires == 1)
        #expect(summary.expired == 0)
        #expect(
            summary.auxiliary.map(\.name) == [
                "redis-ver", "redis-bits", "ctime", "used-mem", "aof-base",
            ])
        #expect(summary.auxiliary("redis-bits") == "64")
        #expect(summary.auxiliary("aof-base") == "0")
    }

    @Test func doesNotLookBehindTheEnd() throws {
        let summary = try examine(Self.file + Array("*1\r\n".utf8))
        #expect(summary.size == 113)
    }

    @Test func everyShorterFileEndsTooEarly() {
        for count in 0..<Self.file.count {
            do throws(RDBError) {
                _ = try examine(Array(Self.file[..<count]))
                Issue.record("\(count) bytes are not a file")
            } catch {
                #expect(error.reason == .endOfInput)
                #expect(error.offset <= count)
            }
        }
    }

    @Test func aWrongChecksumIsAnErrorUnlessItIsZeroOrNobodyLooks() throws {
        var changed = Self.file
        changed[103] ^= 1
        do throws(RDBError) {
            _ = try examine(changed)
            Issue.record("a changed byte went unnoticed")
        } catch {
            #expect(error.step == .checkSum)
            #expect(error.offset == 113)
            #expect(error.reason.description == "RDB CRC error")
            // The words of the oracle for the same file.
            #expect(
                error.loadingText
                    == "Wrong RDB checksum expected: (2702bbbdfa58e2a0) but got "
                    + "(aeeb244089e53dc9). Aborting now.")
        }
        let unchecked = try changed.withSlice { bytes throws(RDBError) in
            try RDBFile.examine(bytes, depth: .contents, verifyingChecksum: false)
        }
        #expect(unchecked.checksum == .notChecked)
        changed.replaceSubrange(105..., with: repeatElement(0, count: 8))
        #expect(try examine(changed).checksum == .disabled)
    }

    @Test func aFileBeforeVersionFiveHasNoFooter() throws {
        let summary = try examine(Array("REDIS0004".utf8) + [UInt8](hex: "fe000001610162ff"))
        #expect(summary.checksum == .absent)
        #expect(summary.size == 17)
        #expect(summary.keys == 1)
    }

    @Test func refusesWhatIsNoFileOfAKnownVersion() {
        #expect(failure("", head: "REDIS")?.reason == .endOfInput)
        #expect(failure("", head: "REDOS0010")?.reason == .wrongSignature)
        #expect(failure("", head: "REDIS0013")?.reason == .unsupportedVersion(13))
        #expect(failure("", head: "REDIS0000")?.reason == .unsupportedVersion(0))
        #expect(failure("", head: "VALKEY081")?.reason == .unsupportedVersion(81))
        #expect(failure("", head: "REDIS0013")?.offset == 9)
    }

    /// The places and words of the oracle's check tool for the same bytes behind `REDIS0010`.
    @Test(arguments: [
        ("fe00", 11, "read-type", "Unexpected EOF reading RDB file"),
        ("fe0008016102", 12, "read-type", "Invalid object type: 8"),
        ("fe001e016102", 12, "read-type", "Invalid object type: 30"),
        ("fe00f3016102", 12, "read-type", "Invalid object type: 243"),
        ("f603616263", 10, "read-functions", "Pre-release function format not supported 246"),
        ("fe000084620162", 13, "read-key", "Unknown length encoding 2 in rdbLoadLen()"),
        ("fe0000206201", 13, "read-key", "Unexpected EOF reading RDB file"),
        ("fe000001 61826201", 15, "read-object-value", "Unknown length encoding 2 in rdbLoadLen()"),
        ("fe000001 61206201", 15, "read-object-value", "Unexpected EOF reading RDB file"),
        (
            "fe00020161 02016201 62ff", 19, "read-object-value",
            "Duplicate set members detected"
        ),
        ("fe00040161 02 0161016201610162", 23, "read-object-value", "Hash with dup elements"),
        ("fe00030161 01 0161fd", 18, "read-object-value", "Zset with NAN score detected"),
        (
            "fe00030161 02 0161fe0161fe", 21, "read-object-value",
            "Duplicate zset fields detected"
        ),
        ("fe0000016bc304404001020304", 22, "read-object-value", "Invalid LZF compressed string"),
        (
            "fe0000016bc304807fffffff01020304", 25, "read-object-value",
            "Invalid LZF compressed string"
        ),
        (
            "fe0010016b080800000002000 1ff", 23, "read-object-value",
            "Hash listpack integrity check failed."
        ),
        (
            "fe000d016b0808000000020001ff", 23, "read-object-value",
            "Hash ziplist integrity check failed."
        ),
        ("fe000b016b080200000000000000", 23, "read-object-value", "Intset integrity check failed."),
        ("fe0009016b0200ff", 17, "read-object-value", "Zipmap integrity check failed."),
        ("fe0012016b0103016 1", 16, "read-object-value", "Quicklist integrity check failed."),
        ("f781010101010101010101010500", 21, "read-module-aux", "bad when_opcode"),
        (
            "fe0006016b810101010101010101", 23, "read-object-value",
            """
            The RDB file contains module data I can't load: no matching module type 'AQEBAQEBA'
            """
        ),
        ("fe0002016b00ff", 15, "read-object-value", "Aggregate value without elements"),
        (
            "fe0010016b0707000000 0000ff", 22, "read-object-value",
            "Aggregate value without elements"
        ),
    ])
    func saysWhereAndWhy(hex: String, offset: Int, step: String, reason: String) {
        let error = failure(hex)
        #expect(error?.offset == offset)
        #expect(error?.step.rawValue == step)
        #expect(error?.reason.description == reason)
    }

    @Test func skipsModulesAndFunctionsForTools() throws {
        let hex =
            "f78101010101010101010201050000 f503616263 fe00 07016b810101010101010101010105026162"
            + "00 ff0000000000000000"
        let summary = try examine(Array("REDIS0010".utf8) + [UInt8](hex: hex))
        #expect(summary.functionLibraries == 1)
        #expect(summary.keys == 1)
        #expect(summary.moduleKeys == 1)
    }
}
