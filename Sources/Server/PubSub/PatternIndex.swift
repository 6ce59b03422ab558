import Bytes

/// Finds the few patterns that may match a channel among very many.
///
/// A pattern is filed under what it says literally at its front: `news.*` under `news.`. One that
/// begins with a star is filed under what stands literally at its end (`*.created`), if it has
/// nothing but stars and question marks before that; the rest is filed under nothing and looked at
/// for every channel. A channel asks for its own fronts and ends of those lengths that occur, so a
/// message costs a look-up per length and a match per candidate.
struct PatternIndex {
    /// Bytes of a literal part that are looked at; a longer one is filed under its beginning.
    static let sizeMax = 64

    private var fronts = LiteralParts()
    private var ends = LiteralParts()

    mutating func insert(_ number: Int, _ pattern: ByteSlice) {
        let front = Self.front(of: pattern)
        if front.isEmpty {
            ends.insert(number, Self.end(of: pattern))
        } else {
            fronts.insert(number, front)
        }
    }

    mutating func remove(_ number: Int, _ pattern: ByteSlice) {
        let front = Self.front(of: pattern)
        if front.isEmpty {
            ends.remove(number, Self.end(of: pattern))
        } else {
            fronts.remove(number, front)
        }
    }

    /// Calls `body` with the number of each pattern that may match, shorter literal parts first.
    func forEachCandidate(of channel: ByteSlice, _ body: (Int) -> Void) {
        ends.forEach(upTo: channel.count, { channel[(channel.count - $0)...] }, body)
        fronts.forEach(upTo: channel.count, { channel[..<$0] }, body)
    }

    /// The bytes before the first that has a meaning.
    static func front(of pattern: ByteSlice) -> ByteSlice {
        var size = 0
        while size < pattern.count, size < sizeMax, !isSpecial(pattern[size]) { size += 1 }
        return pattern[..<size]
    }

    /// The bytes behind the last star or question mark. A pattern with sets or escapes has none:
    /// what stands there may be a part of them.
    static func end(of pattern: ByteSlice) -> ByteSlice {
        var start = pattern.count
        for index in 0..<pattern.count where pattern[index] == bracket || pattern[index] == escape {
            return .empty
        }
        while start > 0, pattern.count - start < sizeMax, !isSpecial(pattern[start - 1]) {
            start -= 1
        }
        return pattern[start...]
    }

    private static let bracket = UInt8(ascii: "[")
    private static let escape = UInt8(ascii: "\\")

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == bracket
            || byte == escape
    }

    func checkInvariants() {
        fronts.checkInvariants()
        ends.checkInvariants()
    }
}

/// Numbers by a literal part, and which lengths of parts occur.
struct LiteralParts {
    private var parts = NameTable<[Int]>()
    /// How many different parts there are of each length.
    private var lengths = Array(repeating: 0, count: PatternIndex.sizeMax + 1)

    mutating func insert(_ number: Int, _ part: ByteSlice) {
        if let place = parts.find(part) { return parts[place].append(number) }
        _ = parts.insert(part, [number])
        lengths[part.count] += 1
    }

    mutating func remove(_ number: Int, _ part: ByteSlice) {
        guard let place = parts.find(part),
            let index = parts[place].firstIndex(of: number)
        else { preconditionFailure("a pattern is filed under its literal part") }
        let last = parts[place].removeLast()
        if index < parts[place].count { parts[place][index] = last }
        guard parts[place].isEmpty else { return }
        parts.remove(place)
        lengths[part.count] -= 1
    }

    func forEach(upTo size: Int, _ cut: (Int) -> ByteSlice, _ body: (Int) -> Void) {
        guard parts.count > 0 else { return }
        for length in 0...min(size, PatternIndex.sizeMax) where lengths[length] > 0 {
            guard let place = parts.find(cut(length)) else { continue }
            for number in parts[place] { body(number) }
        }
    }

    func checkInvariants() {
        parts.checkInvariants()
        precondition(lengths.reduce(0, +) == parts.count)
        for place in parts.numbers { precondition(!parts[place].isEmpty) }
    }
}
