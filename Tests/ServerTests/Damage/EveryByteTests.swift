import PlatformSimulation
import Testing

@testable import Server

/// Every byte of every file of a set changes, one at a time; files end at every byte, are missing,
/// or are called something else. A start serves exactly what was promised, or refuses and says where
/// and what to do: never something else in silence.
@Suite struct EveryByteTests {
    /// Other values for a byte: quickly one flipped bit, else all.
    private func changes(of byte: UInt8, at offset: Int, isThorough: Bool) -> [UInt8] {
        if isThorough, SimulationBudget.isTorture { return (1...255).map { byte ^ $0 } }
        return [byte ^ 1 << UInt8(offset % 8)]
    }

    /// A refusal tells the place, and what can be done.
    private func expectRefusal(_ text: String, _ what: String, _ location: SourceLocation) {
        #expect(text.contains("In /data/"), "\(what): \(text)", sourceLocation: location)
        #expect(text.contains("To resolve it:"), "\(what): \(text)", sourceLocation: location)
    }

    /// - Returns: how many bytes were changed, and in how many ways.
    private func changeEveryByte(
        of set: ChecksummedSet, mayCut: Bool, _ location: SourceLocation = #_sourceLocation
    ) throws -> (positions: Int, starts: Int, harmless: Int) {
        var (positions, starts, harmless) = (0, 0, 0)
        for (path, bytes) in set.files.sorted(by: { $0.key < $1.key }) {
            for offset in bytes.indices {
                positions += 1
                for byte in changes(of: bytes[offset], at: offset, isThorough: !mayCut) {
                    var changed = bytes
                    changed[offset] = byte
                    starts += 1
                    let what = "\(path) at \(offset): \(bytes[offset]) became \(byte)"
                    switch try set.start(with: path, as: changed) {
                    case .whole: harmless += 1
                    case .refused(let text): expectRefusal(text, what, location)
                    case .cut: #expect(mayCut, "\(what) was cut", sourceLocation: location)
                    case .beginning, .silent:
                        Issue.record("\(what): silent", sourceLocation: location)
                    }
                }
            }
        }
        return (positions, starts, harmless)
    }

    @Test(arguments: ChecksummedSet.Kind.allCases)
    func noChangedByteIsSilent(kind: ChecksummedSet.Kind) throws {
        let set = try ChecksummedSet(kind, isClosed: true)
        #expect(set.files.count == (kind == .log ? 4 : 1))
        #expect(try set.start(on: set.files) == .whole)
        let (positions, starts, harmless) = try changeEveryByte(of: set, mayCut: false)
        // A figure for whoever reads the output.
        print("\(kind): \(positions) bytes changed in \(starts) ways, \(harmless) without effect")
        #expect(positions == set.files.values.reduce(0) { $0 + $1.count })
        // Only the line that seals the log, which is cut as torn and told, and what makes the
        // checksum of the list a comment like any other, or joins it to the line before.
        #expect(harmless <= (kind == .log ? (69 + 5) * starts / positions : 0))
    }

    /// After a kill the last batch may have been torn: then it is cut, kept aside and told.
    @Test func afterAKillWhatIsCutIsToldAndKept() throws {
        let set = try ChecksummedSet(.log, isClosed: false)
        #expect(try set.start(on: set.files) == .whole)
        _ = try changeEveryByte(of: set, mayCut: true)
    }

    /// A last file that ends exactly where one of its batches ends is a shorter log: nothing in it
    /// tells that there had been more.
    @Test(arguments: ChecksummedSet.Kind.allCases)
    func noFileThatEndsEarlyIsSilent(kind: ChecksummedSet.Kind) throws {
        let set = try ChecksummedSet(kind, isClosed: true)
        var atEnds = 0
        for (path, bytes) in set.files.sorted(by: { $0.key < $1.key }) {
            for size in 0..<bytes.count {
                let what = "\(path) ends at \(size) of \(bytes.count)"
                switch try set.start(with: path, as: Array(bytes.prefix(size))) {
                case .whole, .cut: continue
                case .refused(let text):
                    expectRefusal(text, what, #_sourceLocation)
                case .beginning where path == set.last: atEnds += 1
                case .beginning, .silent: Issue.record("\(what): silent")
                }
            }
        }
        #expect(atEnds <= 4)
    }

    @Test func noFileThatIsMissingOrMisnamedIsSilent() throws {
        let set = try ChecksummedSet(.log, isClosed: true)
        for (path, bytes) in set.files {
            for other in [path + ".old", "/data/elsewhere"] {
                var moved = set.files
                moved[path] = nil
                moved[other] = bytes
                expectHonest(try set.start(on: moved), "\(path) is called \(other)")
            }
            expectHonest(try set.start(with: path, as: nil), "\(path) is missing")
            for (other, otherBytes) in set.files where other != path {
                let outcome = try set.start(with: path, as: otherBytes)
                expectHonest(outcome, "\(path) holds what \(other) does")
                var swapped = set.files
                swapped[path] = otherBytes
                swapped[other] = bytes
                expectHonest(try set.start(on: swapped), "\(path) and \(other) are swapped")
            }
        }
    }

    @Test func noBytesBehindTheEndAreSilent() throws {
        for isClosed in [true, false] {
            let set = try ChecksummedSet(.log, isClosed: isClosed)
            for (path, bytes) in set.files {
                for more in [[0], [UInt8](repeating: 0, count: 4096), Array("garbage".utf8)] {
                    let outcome = try set.start(with: path, as: bytes + more)
                    expectHonest(outcome, "\(more.count) bytes behind \(path)")
                }
            }
        }
    }

    private func expectHonest(
        _ outcome: ChecksummedSet.Outcome, _ what: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome != .silent, "\(what)", sourceLocation: location)
        #expect(outcome != .beginning, "\(what)", sourceLocation: location)
    }
}
