import Bytes

extension Directive {
    typealias Place<Value> = any WritableKeyPath<Settings, Value> & Sendable

    /// A directive whose value is an integer.
    ///
    /// - Parameter clamp: what is accepted but lies outside is taken as the nearest bound.
    init(
        _ name: String, _ aliases: String..., integer place: Place<Int>,
        in range: ClosedRange<Int>, clamp: ClosedRange<Int>? = nil,
        change: Change = .atRuntime, traits: Traits = [], effect: Effect = .full, summary: String
    ) {
        let access = DirectivePlace(
            read: { ByteString(String($0[keyPath: place])) },
            write: { settings, words throws(RefusedValue) in
                guard let value = words[0].withSlice({ $0.integer }) else {
                    throw RefusedValue("argument couldn't be parsed into an integer")
                }
                let checked = try Self.check(Int(value), in: range)
                settings[keyPath: place] = clamp?.nearest(to: checked) ?? checked
            },
            lines: { [ByteString(String($0[keyPath: place]))] })
        self.init(
            name: name, aliases: aliases, kind: .integer(range), change: change, traits: traits,
            effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is an amount of memory.
    ///
    /// - Parameter clamp: what is accepted but lies outside is taken as the nearest bound.
    init(
        _ name: String, _ aliases: String..., memory place: Place<Int>,
        in range: ClosedRange<Int> = .int63, clamp: ClosedRange<Int>? = nil,
        change: Change = .atRuntime, traits: Traits = [], effect: Effect = .full, summary: String
    ) {
        let access = DirectivePlace(
            read: { ByteString(String($0[keyPath: place])) },
            write: { settings, words throws(RefusedValue) in
                let bytes = try Self.memory(words[0], or: "argument must be a memory value")
                guard let value = Int(exactly: bytes) else { throw Self.outside(range) }
                let checked = try Self.check(value, in: range)
                settings[keyPath: place] = clamp?.nearest(to: checked) ?? checked
            },
            lines: { [ByteString(MemorySize.exact(UInt64($0[keyPath: place])))] })
        self.init(
            name: name, aliases: aliases,
            kind: .memory(from: UInt64(range.lowerBound), to: UInt64(range.upperBound)),
            change: change, traits: traits, effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is any amount of memory up to 2^64.
    init(
        _ name: String, wideMemory place: Place<UInt64>,
        effect: Effect = .full, summary: String
    ) {
        let access = DirectivePlace(
            read: { ByteString(String($0[keyPath: place])) },
            write: { settings, words throws(RefusedValue) in
                settings[keyPath: place] = try Self.memory(
                    words[0], or: "argument must be a memory value")
            },
            lines: { [ByteString(MemorySize.exact($0[keyPath: place]))] })
        self.init(
            name: name, aliases: [], kind: .memory(from: 0, to: .max), change: .atRuntime,
            traits: [], effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is an amount of memory or a percentage.
    init(
        _ name: String, memoryOrPercent place: Place<MemoryOrPercent>,
        effect: Effect = .full, summary: String
    ) {
        let access = DirectivePlace(
            read: {
                switch $0[keyPath: place] {
                case .bytes(let bytes): ByteString(String(bytes))
                case .percent(let percent): ByteString("\(percent)%")
                }
            },
            write: { settings, words throws(RefusedValue) in
                settings[keyPath: place] = try Self.memoryOrPercent(words[0])
            },
            lines: {
                switch $0[keyPath: place] {
                case .bytes(let bytes): [ByteString(MemorySize.exact(UInt64(bytes)))]
                case .percent(let percent): [ByteString("\(percent)%")]
                }
            })
        self.init(
            name: name, aliases: [], kind: .memoryOrPercent, change: .atRuntime, traits: [],
            effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is a number in base eight.
    init(
        _ name: String, octal place: Place<Int>, in range: ClosedRange<Int>,
        change: Change, summary: String
    ) {
        let access = DirectivePlace(
            read: { ByteString(String($0[keyPath: place], radix: 8)) },
            write: { settings, words throws(RefusedValue) in
                guard let value = Int(words[0].text, radix: 8) else {
                    throw RefusedValue("argument couldn't be parsed as an octal number")
                }
                guard range.contains(value) else {
                    let (low, high) = (range.lowerBound, range.upperBound)
                    throw RefusedValue(
                        "argument must be between \(String(low, radix: 8)) and "
                            + "\(String(high, radix: 8)) inclusive")
                }
                settings[keyPath: place] = value
            },
            lines: { [ByteString(String($0[keyPath: place], radix: 8))] })
        self.init(
            name: name, aliases: [], kind: .octal(range), change: change, traits: [],
            effect: .full, summary: summary, place: access)
    }

    private static func check(
        _ value: Int, in range: ClosedRange<Int>
    ) throws(RefusedValue) -> Int {
        guard range.contains(value) else { throw outside(range) }
        return value
    }

    private static func outside(_ range: ClosedRange<Int>) -> RefusedValue {
        RefusedValue(
            "argument must be between \(range.lowerBound) and \(range.upperBound) inclusive")
    }

    private static func memory(
        _ word: ByteString, or reason: String
    ) throws(RefusedValue) -> UInt64 {
        // No text at all is no memory, as Redis reads it.
        if word.isEmpty { return 0 }
        guard let bytes = word.withSlice({ MemorySize.parse($0) }) else {
            throw RefusedValue(reason)
        }
        return bytes
    }

    private static func memoryOrPercent(_ word: ByteString) throws(RefusedValue) -> MemoryOrPercent
    {
        if word.array.last == UInt8(ascii: "%") {
            let digits = Array(word.array.dropLast())
            if let percent = digits.withSlice({ $0.integer }), percent >= 0 {
                guard percent <= 100 else {
                    throw RefusedValue("percentage argument must be less or equal to 100")
                }
                return .percent(Int(percent))
            }
        }
        let bytes = try memory(word, or: "argument must be a memory or percent value")
        guard let value = Int(exactly: bytes) else { throw outside(.int63) }
        return .bytes(value)
    }
}
