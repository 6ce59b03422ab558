import Bytes
import Testing

@testable import Persistence

@Suite struct ManifestTests {
    private func read(_ text: String) throws(ManifestError) -> Manifest {
        try text.withSlice { slice throws(ManifestError) in try Manifest(text: slice) }
    }

    @Test(arguments: [
        "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
        "file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
        "file \"my aof.1.base.rdb\" seq 1 type b\n",
        "file a.2.base.rdb seq 2 type b\nfile a.1.base.rdb seq 1 type h\n"
            + "file a.1.incr.aof seq 1 type h\nfile a.2.incr.aof seq 2 type i\n",
    ])
    func keepsWhatItReads(text: String) throws {
        let manifest = try read(text)
        #expect(manifest.lines == text)
        #expect(try read(manifest.text) == manifest)
    }

    @Test func aListThatWeWroteIsReadOnlyAsItWasWritten() throws {
        let manifest = try read(
            "file a.1.base.rdb seq 1 type b\nfile a.1.incr.aof seq 1 type i\n"
                + "file a.2.incr.aof seq 2 type i\n"
        )
        let written = manifest.text
        #expect(written.hasSuffix("\n") && written.contains("\n#LS:1 crc64 "))
        for index in written.utf8.indices {
            for flip in [0x01, 0x02, 0x20, 0x80] as [UInt8] {
                var bytes = Array(written.utf8)
                bytes[written.utf8.distance(from: written.startIndex, to: index)] ^= flip
                let found = bytes.withSlice { text in try? Manifest(text: text) }
                // What makes the checksum's line a comment like any other has changed no file.
                #expect(found == nil || found == manifest, "\(bytes)")
            }
        }
        for suffix in ["file a.3.incr.aof seq 3 type i\n", "# note\n"] {
            let error = #expect(throws: ManifestError.self) { try read(written + suffix) }
            #expect(error?.reason == .checksum)
        }
    }

    @Test func ignoresCommentsAndUnknownPairsAndOrder() throws {
        let manifest = try read(
            "# note\nfile a.1.incr.aof seq 1 type i creator x\nTYPE i FILE b SEQ 3\n")
        #expect(manifest.increments.map(\.name) == ["a.1.incr.aof", "b"])
        #expect(manifest.incrementSequence == 3)
        #expect(manifest.base == nil)
    }

    @Test(arguments: [
        ("file a seq 1 type b\nfile b seq 2 type b\n", ManifestError.Reason.secondBase, 2),
        ("file a seq 2 type i\nfile b seq 1 type i\n", .notMonotonic, 2),
        ("file a seq 1 type x\n", .unknownType, 1),
        ("file a/b seq 1 type i\n", .path, 1),
        ("file a\\\\b seq 1 type i\n", .path, 1),
        ("file \"a\\\\b\" seq 1 type i\n", .path, 1),
        ("file a seq 1\n", .badFormat, 1),
        ("file a seq 1 type i\n\n", .badFormat, 2),
        ("file a seq 0 type i\n", .badFormat, 1),
        ("file a seq -1 type i\n", .badFormat, 1),
        ("file a seq 1 type i", .lineTooLong, 1),
        ("file \"a seq 1 type i\n", .badFormat, 1),
    ])
    func refusesDamage(text: String, reason: ManifestError.Reason, lineNumber: Int) {
        let error = #expect(throws: ManifestError.self) { try read(text) }
        #expect(error?.reason == reason)
        #expect(error?.lineNumber == lineNumber)
    }

    @Test func refusesAnEmptyFileWithoutALine() {
        let error = #expect(throws: ManifestError.self) { try read("") }
        #expect(
            error?.logLines == [
                "", "*** FATAL AOF MANIFEST FILE ERROR ***", "Found an empty AOF manifest",
            ])
    }

    @Test func takesLinesUpToTheLimitAndNoLonger() throws {
        let rest = " seq 1 type i\n"
        let fits = "file " + String(repeating: "n", count: 1024 - 5 - rest.utf8.count)
        #expect(try read(fits + rest).increments.count == 1)
        let error = #expect(throws: ManifestError.self) { try read(fits + "n" + rest) }
        #expect(error?.reason == .lineTooLong)
    }

    @Test func aRewriteMovesWhatItCoversToTheHistory() {
        let names = AppendLogNames(stem: "a")
        var manifest = Manifest()
        _ = manifest.replaceBase(names, isRDB: true, keepingIncrementsFrom: nil)
        _ = manifest.addIncrement(names)
        let second = manifest.addIncrement(names)
        _ = manifest.addIncrement(names)
        let base = manifest.replaceBase(
            names, isRDB: false, keepingIncrementsFrom: second.sequence)
        #expect(base.name == "a.2.base.aof")
        #expect(manifest.increments.map(\.name) == ["a.2.incr.aof", "a.3.incr.aof"])
        #expect(manifest.history.map(\.name) == ["a.1.base.rdb", "a.1.incr.aof"])
        for entry in manifest.history { manifest.withdraw(entry) }
        #expect(manifest.history.isEmpty)
        #expect(manifest.loadedEntries.count == 3)
    }

    @Test func namesAreUnderstoodBackwards() {
        let names = AppendLogNames(stem: "appendonly.aof")
        #expect(names.meaning(of: names.increment(12))?.sequence == 12)
        #expect(names.meaning(of: names.base(3, isRDB: true))?.kind == .base)
        #expect(names.meaning(of: "appendonly.aof.01.incr.aof") == nil)
        #expect(names.meaning(of: "appendonly.aof.manifest") == nil)
        #expect(names.meaning(of: "other.1.incr.aof") == nil)
    }
}
