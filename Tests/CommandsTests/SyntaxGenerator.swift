import Bytes
import Commands
import Platform

/// Writes requests after the documented syntax of a command, every one of which is valid.
struct SyntaxGenerator {
    /// A word of a request, and what the syntax says of it.
    struct Word {
        var text: String
        let role: Role

        init(_ text: String, _ role: Role) {
            self.text = text
            self.role = role
        }
    }

    enum Role: Equatable {
        case name
        case token
        case value(ArgumentDocs.Kind)
    }

    var random: SeededRandom
    /// What moments are written around, in Unix milliseconds.
    var now: Int64 = 1_000_000_000_000

    private var rangeEnds: [String] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A command or subcommand with required arguments alone, one of each.
    mutating func shortest(_ declaration: CommandDeclaration) -> [Word] {
        begin(declaration)
        var words = Self.names(of: declaration)
        for argument in declaration.docs.arguments where !argument.options.contains(.optional) {
            words += once(argument)
        }
        return words
    }

    /// A request with options in any order.
    mutating func request(_ declaration: CommandDeclaration) -> [Word] {
        begin(declaration)
        var words = Self.names(of: declaration)
        var options: [[Word]] = []
        var countOfKeys: Int?
        var countOfWeights = 1
        for argument in declaration.docs.arguments {
            if "\(argument.name)" == "numkeys", argument.token == nil {
                // Says how often the next argument comes.
                let count = 1 + random.index(below: 3)
                countOfKeys = count
                countOfWeights = count
                words.append(Word("\(count)", .value(.integer)))
                continue
            }
            if argument.options.contains(.optional) {
                guard random.chance(1, in: 2) else { continue }
                var option = once(argument)
                if "\(argument.name)" == "weight", let weight = option.last {
                    // One for each key.
                    option += Array(repeating: weight, count: countOfWeights - 1)
                }
                options.append(option)
                continue
            }
            // What stands before a required argument does not come behind it.
            options.shuffle(using: &random)
            words += options.joined()
            options = []
            let drawn = argument.options.contains(.multiple) ? 1 + random.index(below: 3) : 1
            for _ in 0..<(countOfKeys ?? drawn) { words += once(argument) }
            countOfKeys = nil
        }
        options.shuffle(using: &random)
        return words + options.joined()
    }

    /// The ends of a range of texts have a form of their own; ZRANGESTORE's are of any kind, like
    /// ZRANGE's, whose ends have other names.
    private mutating func begin(_ declaration: CommandDeclaration) {
        let isOfTexts = declaration.fullName.contains("lex")
        rangeEnds = isOfTexts ? ["-", "+", "[b", "(text"] : ["0", "5", "7"]
    }

    static func names(of declaration: CommandDeclaration) -> [Word] {
        declaration.fullName.split(separator: "|").map { Word(String($0), .name) }
    }

    mutating func once(_ argument: ArgumentDocs) -> [Word] {
        var words: [Word] = []
        if let token = argument.token { words.append(Word(anyCase("\(token)"), .token)) }
        switch argument.kind {
        case .pureToken: break
        case .oneOf: words += once(pick(argument.parts))
        case .block: for part in argument.parts { words += once(part) }
        default: words.append(Word(value(argument), .value(argument.kind)))
        }
        return words
    }

    private mutating func value(_ argument: ArgumentDocs) -> String {
        switch argument.kind {
        case .key: pick(["a", "b", "c", "d", "e", "key:6"])
        case .pattern: pick(["*", "?", "key:[0-9]", "[a-c]"])
        // The time that a blocking command waits.
        case .double where "\(argument.name)" == "timeout": pick(["0", "0.001", "1.5", "1e3"])
        case .double: double("\(argument.name)")
        case .unixTime:
            "\(argument.name)".hasSuffix("milliseconds")
                ? "\(now + number(-2000, 9000))" : "\(now / 1000 + number(-2, 9))"
        case .integer: "\(integer("\(argument.name)"))"
        default: text("\(argument.name)")
        }
    }

    private mutating func double(_ name: String) -> String {
        switch name {
        case "longitude", "latitude": pick(["1", "-0.5", "3.25", "80", "0.001"])
        case "radius", "width", "height": pick(["1", "0.5", "3.25", "1e3", "0.001"])
        default: pick(["1", "-0.5", "3.25", "1e3", "0.001"])
        }
    }

    private mutating func text(_ name: String) -> String {
        switch name {
        case "type": "string"
        case "encoding": pick(["u8", "i16", "u1", "i64"])
        case "id", "last-id", "lastid", "max-deleted-id", "start", "end", "stop",
            "threshold":
            pick(["0", "5", "7"])
        case "min", "max": pick(rangeEnds)
        case "min-idle-time": pick(["0", "5", "4000"])
        case "subcommand": pick(["getreg", "encoding", "todense"])
        default: pick(["0", "5", "-17", "text", "1.5", String(repeating: "long ", count: 300)])
        }
    }

    private mutating func integer(_ name: String) -> Int64 {
        switch name {
        case "bit", "value": number(0, 2)
        case "cursor": 0
        case "numfields", "numkeys": 1
        case "entries-added", "entriesread": number(0, 20)
        case "db", "destination-db", "index1", "index2": number(0, 4)
        case "offset": number(0, 40)
        case "seconds": number(1, 6)
        case "milliseconds": number(1, 4000)
        case "count", "rank": number(1, 20)
        case "len", "limit", "num-matches": number(0, 20)
        case "min-match-len": number(0, 4)
        default: number(-20, 20)
        }
    }

    mutating func number(_ low: Int64, _ high: Int64) -> Int64 {
        low + Int64(random.below(UInt64(high - low)))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random.index(below: elements.count)]
    }

    private mutating func anyCase(_ word: String) -> String {
        random.chance(1, in: 2) ? word.lowercased() : word
    }
}

extension [SyntaxGenerator.Word] {
    var bytes: [ByteString] { map { ByteString($0.text) } }
    var line: String { map(\.text).joined(separator: " ") }
}
