import Bytes
import Commands
import Testing

/// The documented syntax accepts what the parsers accept, as far as requests made from it tell.
@Suite struct SyntaxTests {
    static let declarations: [CommandDeclaration] = CommandCatalogue.all.flatMap {
        $0.subcommands.isEmpty ? [$0.declaration] : $0.subcommands.map(\.declaration)
    }

    /// Refusals that say nothing against the syntax of a request on an empty data set.
    private static let meant = [
        "-ERR no such key", "-ERR The specified key does not exist",
        "-ERR source and destination objects are the same",
        // Streams: what has to be there, and identifiers that do not rise.
        "-NOGROUP", "-ERR The XGROUP subcommand requires the key",
        "-ERR The ID specified in X",
        // Documented as if it went with any threshold.
        "-ERR syntax error, LIMIT cannot be used without the special ~",
        // Whether a range is one of ranks, scores or texts stands behind it.
        "-ERR min or max not valid string range item",
        "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
        "-ERR syntax error, WITHSCORES not supported in combination with BYLEX",
        // The syntax has no way to say that these exclude each other.
        "-ERR INCR option supports a single", "-ERR STORE option in GEORADIUS",
        "-ERR GT, LT, and/or NX options",
        "-ERR If you want both the length and indexes", "-ERR BITOP NOT must be called with a",
    ]

    @Test(arguments: 0..<20)
    func whatTheSyntaxWritesIsTaken(_ seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        let fixture = CommandFixture()
        for declaration in Self.declarations {
            let words = generator.request(declaration)
            fixture.run("flushall")
            let reply = fixture.run(words.bytes)
            let isTaken = !reply.hasPrefix("-") || Self.meant.contains { reply.hasPrefix($0) }
            #expect(isTaken, "\(words.line): \(reply)")
        }
    }

    @Test(arguments: 0..<20)
    func aWordTooFewOrTooManyIsRefused(_ seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        for declaration in Self.declarations {
            let shortest = generator.shortest(declaration)
            if shortest.count > SyntaxGenerator.names(of: declaration).count {
                expectRefusal(shortest.dropLast(), declaration)
            }
            guard declaration.docs.arguments.last?.options.contains(.multiple) != true else {
                continue
            }
            let request = generator.request(declaration)
            expectRefusal(request + [.init("bogus", .token)], declaration)
        }
    }

    @Test(arguments: 0..<20)
    func aWrongValueIsRefused(_ seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        for declaration in Self.declarations {
            let request = generator.request(declaration)
            for index in request.indices {
                switch request[index].role {
                case .value(.integer), .value(.unixTime), .value(.double):
                    var wrong = request
                    wrong[index].text = generator.pick(["x", "1x", "- 1", "1.5.2", "0x", "+-1"])
                    expectRefusal(wrong, declaration)
                case .token where index + 1 < request.count:
                    // A token whose value is missing.
                    if case .value = request[index + 1].role {
                        expectRefusal(Array(request[...index]), declaration)
                    }
                default: break
                }
            }
        }
    }

    @Test(arguments: 0..<10)
    func alternativesExcludeEachOther(_ seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        for declaration in Self.declarations {
            // What stands before any number of keys would take the second word for one of them.
            if declaration.docs.arguments.last?.options.contains(.multiple) == true { continue }
            for argument in declaration.docs.arguments where argument.kind == .oneOf {
                for (index, first) in argument.parts.enumerated() {
                    for second in argument.parts[..<index] {
                        if Self.combine("\(first.name)", "\(second.name)") { continue }
                        var words = generator.shortest(declaration)
                        words += generator.once(first)
                        words += generator.once(second)
                        expectRefusal(words, declaration)
                    }
                }
            }
        }
    }

    /// Redis documents these of the `EXPIRE` family as alternatives, but takes them together.
    private static func combine(_ first: String, _ second: String) -> Bool {
        let both: Set = [first, second]
        return both == ["xx", "gt"] || both == ["xx", "lt"]
    }

    /// What is refused leaves data set and log as they were.
    private func expectRefusal(
        _ words: some Collection<SyntaxGenerator.Word>, _ declaration: CommandDeclaration,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let fixture = CommandFixture()
        for key in ["a", "b", "c", "d", "e", "key:6"] { fixture.run("set \(key) 5") }
        let before = fixture.digest
        let words = Array(words)
        let reply = fixture.run(words.bytes)
        #expect(
            reply.hasPrefix("-"), "\(words.line): \(reply)", sourceLocation: sourceLocation)
        #expect(fixture.records == [], sourceLocation: sourceLocation)
        #expect(fixture.digest == before, sourceLocation: sourceLocation)
    }
}
