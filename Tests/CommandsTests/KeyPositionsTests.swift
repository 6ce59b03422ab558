import Bytes
import Testing

@testable import Commands

/// Where keys stand, for the forms of key specifications that commands have.
@Suite struct KeyPositionsTests {
    private func indexes(
        of line: String, _ specifications: [KeySpecification]
    ) -> [Int]? {
        positions(of: line, "x", specifications)?.map(\.index)
    }

    private func positions(
        of line: String, _ name: StaticString, _ specifications: [KeySpecification]
    ) -> [KeyPosition]? {
        let declaration = CommandDeclaration(
            name, arity: -1, [], keys: specifications,
            docs: CommandDocs("", complexity: "", since: "", group: .generic))
        var bytes = ByteBuffer()
        var ends: [Int] = []
        for word in line.split(separator: " ") {
            bytes.append(text: String(word))
            ends.append(bytes.count)
        }
        var words = SliceList()
        var start = 0
        for end in ends {
            words.append(bytes.bytes[start..<end])
            start = end
        }
        return declaration.keyPositions(in: words.all)
    }

    @Test func rangesEndAtAnArgumentOrBeforeTheEnd() {
        #expect(indexes(of: "x a b c", [.key([])]) == [1])
        #expect(indexes(of: "x a b c", [.keys([])]) == [1, 2, 3])
        #expect(indexes(of: "x a 1 b 2", [.keys([], step: 2)]) == [1, 3])
        let butLast = KeySpecification(
            [], begin: .index(1), find: .range(last: -2, step: 1, limit: 0))
        #expect(indexes(of: "blpop a b 0", [butLast]) == [1, 2])
        #expect(indexes(of: "x", [.key([])]) == [])
        #expect(indexes(of: "x a b", [.key([]), .key([], at: 2)]) == [1, 2])
    }

    @Test func aLimitTakesAPartOfWhatFollowsAWord() {
        let streams = KeySpecification(
            [.readOnly], begin: .keyword("STREAMS", from: 1),
            find: .range(last: -1, step: 1, limit: 2))
        #expect(indexes(of: "xread count 2 streams a b 0 0", [streams]) == [4, 5])
        #expect(indexes(of: "xread count 2", [streams]) == [])
        let fromTheEnd = KeySpecification(
            [.readOnly], begin: .keyword("KEYS", from: -2),
            find: .range(last: -1, step: 1, limit: 0))
        #expect(indexes(of: "migrate h p k 0 1 keys a b", [fromTheEnd]) == [7, 8])
    }

    @Test func sortIsToldWhereToStore() {
        let target = KeySpecification([.overwrite], begin: .unknown, find: .unknown)
        func index(_ line: String) -> [Int]? { positions(of: line, "sort", [target])?.map(\.index) }
        #expect(index("sort a") == [])
        #expect(index("sort a by b store c") == [5])
        #expect(index("sort a get store c") == [])
        #expect(index("sort a store b limit 0 store store c") == [8])
        #expect(index("sort a store") == [])
        #expect(indexes(of: "other a store b", [target]) == [])
    }

    @Test func aCountSaysHowManyFollow() {
        let counted = KeySpecification(
            [.readOnly], begin: .index(2), find: .count(at: 0, first: 1, step: 1))
        #expect(indexes(of: "eval s 2 a b c", [counted]) == [3, 4])
        #expect(indexes(of: "eval s 0", [counted]) == [])
        #expect(indexes(of: "eval s 3 a b", [counted]) == nil)
        #expect(indexes(of: "eval s x a b", [counted]) == nil)
        #expect(indexes(of: "eval s -1 a b", [counted]) == nil)
        #expect(indexes(of: "eval s 9223372036854775807 a", [counted]) == nil)
    }

    @Test func whatIsNoKeyIsLeftOut() {
        #expect(indexes(of: "x a b", [.key([.notKey]), .key([], at: 2)]) == [2])
        let unknown = KeySpecification([], begin: .unknown, find: .unknown)
        #expect(indexes(of: "x a b", [unknown]) == [])
    }

    @Test func theArgumentsMayDecideTheUse() {
        let variable: [KeySpecification] = [
            .key([.readWrite, .access, .update, .variableFlags])
        ]
        func use(_ line: String, _ name: StaticString) -> KeySpecification.Use? {
            positions(of: line, name, variable)?.first?.use
        }
        #expect(use("set a 1", "set") == [.overwrite, .update])
        #expect(use("set a 1 nx GET", "set") == [.readWrite, .access, .update])
        #expect(use("bitfield a get u8 0", "bitfield") == [.readOnly, .access])
        #expect(use("bitfield a incrby u8 0 1", "bitfield") == [.readWrite, .access, .update])
    }
}
