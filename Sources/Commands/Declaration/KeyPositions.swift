import Bytes

/// A key among the arguments of a request, and what is done to it.
public struct KeyPosition: Sendable, Equatable {
    public let index: Int
    public let use: KeySpecification.Use

    public init(index: Int, use: KeySpecification.Use) {
        self.index = index
        self.use = use
    }
}

extension CommandDeclaration {
    /// Where the keys of a request stand, by the key specifications.
    ///
    /// - Parameter arguments: of a request of this command, with its name.
    /// - Returns: nothing when the arguments do not fit the specifications.
    public func keyPositions(in arguments: Slices) -> [KeyPosition]? {
        var positions: [KeyPosition] = []
        for specification in keys where !specification.use.contains(.notKey) {
            guard let found = specification.positions(in: arguments, of: name) else { return nil }
            positions += found
        }
        return positions
    }

    /// The only key of every request, when it always stands in one place and is used in the same way.
    public var onlyKey: KeyPosition? {
        guard keys.count == 1, case .index(let index) = keys[0].begin,
            case .range(last: 0, step: _, limit: _) = keys[0].find,
            keys[0].use.isDisjoint(with: [.variableFlags, .notKey, .incomplete])
        else { return nil }
        return KeyPosition(index: index, use: keys[0].use)
    }
}

extension KeySpecification {
    fileprivate func positions(in arguments: Slices, of name: StaticString) -> [KeyPosition]? {
        if begin == .unknown, self.use.contains(.overwrite), ByteSlice(name).isWord("sort") {
            guard let target = Self.sortTarget(in: arguments) else { return [] }
            return [KeyPosition(index: target, use: self.use)]
        }
        guard let first = firstIndex(in: arguments) else { return [] }
        let indexes: [Int]
        switch find {
        case .unknown: return []
        case .range(let last, let step, let limit):
            let end = Self.lastIndex(last, limit, from: first, of: arguments.count)
            indexes = Array(stride(from: first, through: end, by: step))
        case .count(let place, let offset, let step):
            let at = first + place
            guard at < arguments.count, let count = arguments[at].integer, count >= 0 else {
                return nil
            }
            let begin = first + offset
            guard count <= arguments.count else { return nil }
            indexes = (0..<Int(count)).map { begin + $0 * step }
        }
        guard indexes.allSatisfy({ $0 < arguments.count }) else { return nil }
        let use = effectiveUse(in: arguments, of: name)
        return indexes.map { KeyPosition(index: $0, use: use) }
    }

    /// Where the keys begin; nothing when the word before them is missing.
    private func firstIndex(in arguments: Slices) -> Int? {
        switch begin {
        case .unknown: return nil
        case .index(let index): return index < arguments.count ? index : nil
        case .keyword(let word, let from):
            let isBackwards = from < 0
            var index = isBackwards ? arguments.count + from : from
            while index > 0, index < arguments.count {
                if arguments[index].isWord(word) { return index + 1 }
                index += isBackwards ? -1 : 1
            }
            return nil
        }
    }

    /// The index of the last key of a range.
    ///
    /// - Parameters:
    ///   - last: behind the first key; from the end of the arguments when it is negative.
    ///   - limit: with `last` -1, the arguments from the first on are divided by it: only their
    ///     first part holds keys. 0 and 1 do not divide.
    private static func lastIndex(
        _ last: Int, _ limit: Int, from first: Int, of count: Int
    ) -> Int {
        if last >= 0 { return first + last }
        guard limit > 1 else { return count + last }
        return first + (count - first) / limit + last
    }

    /// Where SORT is told to store: behind the last `STORE` that is not another option's value.
    private static func sortTarget(in arguments: Slices) -> Int? {
        var found: Int?
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            if word.isWord("limit") {
                index += 2
            } else if word.isWord("get") || word.isWord("by") {
                index += 1
            } else if word.isWord("store"), index + 1 < arguments.count {
                found = index + 1
            }
            index += 1
        }
        return found
    }

    /// What is done to the keys, where the arguments have a say in it.
    private func effectiveUse(in arguments: Slices, of name: StaticString) -> Use {
        guard use.contains(.variableFlags) else { return use }
        if ByteSlice(name).isWord("set") {
            for index in 3..<max(3, arguments.count) where arguments[index].isWord("get") {
                return [.readWrite, .access, .update]
            }
            return [.overwrite, .update]
        }
        if ByteSlice(name).isWord("bitfield") {
            for index in 2..<max(2, arguments.count)
            where arguments[index].isWord("set") || arguments[index].isWord("incrby") {
                return [.readWrite, .access, .update]
            }
            return [.readOnly, .access]
        }
        return use.subtracting(.variableFlags)
    }

    /// The names of the flags, in their order.
    public static func names(of use: Use) -> [StaticString] {
        Use.names.filter { use.contains($0.use) }.map(\.name)
    }
}
