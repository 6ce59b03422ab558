import Bytes
import Keyspace
import Structures

/// Puts elements in the order that options of SORT ask for.
struct SortOrder: ~Copyable {
    private var order: KeyedOrder
    /// Makes smaller keys of larger ones when the order descends.
    private let flip: UInt64
    private let isDescending: Bool

    private init(count: Int, isDescending: Bool) {
        order = KeyedOrder(capacity: count)
        self.isDescending = isDescending
        flip = isDescending ? .max : 0
    }

    /// The index of the element at a place.
    subscript(place: Int) -> Int { order[place] }

    /// The order of elements by themselves or by what a pattern leads to.
    init(
        _ elements: borrowing SortElements, _ options: SortOptions, in database: Database
    ) throws(CommandError) {
        self.init(count: elements.count, isDescending: options.isDescending)
        if options.staysUnsorted {
            for _ in 0..<elements.count { order.append(0) }
        } else if options.isAlphabetic {
            if let pattern = options.by {
                sort(elements, byTextsOf: pattern, options, in: database)
            } else {
                sortTexts(elements, whole: options.target != nil)
            }
        } else {
            try sort(elements, byScoresOf: options.by, in: database)
        }
    }

    // MARK: Numbers

    private mutating func sort(
        _ elements: borrowing SortElements, byScoresOf pattern: SortPattern?, in database: Database
    ) throws(CommandError) {
        var name = ByteBuffer()
        // Integers of one key are one number then, and need no second look.
        var isExact = pattern == nil
        for index in 0..<elements.count {
            let element = elements[index]
            var score = 0.0
            if let pattern {
                if let value = pattern.value(for: element, in: database, using: &name) {
                    score = try Self.score(of: value)
                }
            } else {
                score = try Self.score(of: element)
                if case .integer = element, score.magnitude < 0x1p53 {} else { isExact = false }
            }
            order.append(KeyedOrder.key(score) ^ flip)
        }
        order.sort()
        guard !isExact else { return }
        var first = ByteBuffer()
        var second = ByteBuffer()
        let descends = isDescending
        order.sortEqualKeys { left, right in
            let (a, b) = descends ? (right, left) : (left, right)
            return elements[a].text(using: &first) < elements[b].text(using: &second)
        }
    }

    /// A number as C's `strtod` reads it, up to a zero byte; nothing is 0.
    private static func score(of value: StringValue) throws(CommandError) -> Double {
        switch value {
        case .integer(let integer): return Double(integer)
        case .bytes(let bytes):
            guard let score = bytes.untilZero.score else {
                throw .text("ERR One or more scores can't be converted into double")
            }
            return score
        }
    }

    // MARK: Texts

    /// - Parameter whole: whether bytes behind a zero byte count, too, as they do when the result is
    ///   stored; to a client it is the order of C's strings.
    private mutating func sortTexts(_ elements: borrowing SortElements, whole: Bool) {
        for index in 0..<elements.count {
            let text = Self.compared(elements.text(index), whole)
            order.append(KeyedOrder.key(ofFirstBytes: text) ^ flip)
        }
        order.sort()
        let descends = isDescending
        order.sortEqualKeys { left, right in
            let (a, b) = descends ? (right, left) : (left, right)
            return Self.compared(elements.text(a), whole) < Self.compared(elements.text(b), whole)
        }
    }

    private static func compared(_ text: ByteSlice, _ whole: Bool) -> ByteSlice {
        whole ? text : text.untilZero
    }

    private mutating func sort(
        _ elements: borrowing SortElements, byTextsOf pattern: SortPattern,
        _ options: SortOptions, in database: Database
    ) {
        var weights = SortWeights(isWhole: options.target != nil, capacity: elements.count)
        var name = ByteBuffer()
        for index in 0..<elements.count {
            weights.append(pattern.value(for: elements[index], in: database, using: &name))
            order.append(KeyedOrder.key(ofFirstBytes: weights.text(index)) ^ flip)
        }
        let range = options.range(of: elements.count)
        let descends = isDescending
        if range.count < elements.count {
            order.sortPart(range) { descends ? weights.compare($1, $0) : weights.compare($0, $1) }
        } else {
            order.sort()
            order.sortEqualKeys {
                (descends ? weights.compare($1, $0) : weights.compare($0, $1)) < 0
            }
        }
    }
}

/// The texts by which elements are sorted, some of which may be missing.
private struct SortWeights: ~Copyable {
    private var texts: SortElements
    private var isMissing: [Bool] = []
    private let isWhole: Bool

    /// - Parameter isWhole: whether bytes behind a zero byte count.
    init(isWhole: Bool, capacity: Int) {
        texts = SortElements(capacity: capacity)
        self.isWhole = isWhole
    }

    mutating func append(_ weight: StringValue?) {
        texts.append(textOf: weight ?? .bytes(.empty))
        isMissing.append(weight == nil)
    }

    func text(_ index: Int) -> ByteSlice {
        isWhole ? texts.text(index) : texts.text(index).untilZero
    }

    /// Who has no weight comes before all weights.
    func compare(_ left: Int, _ right: Int) -> Int {
        if isMissing[left] || isMissing[right] {
            return (isMissing[left] ? 0 : 1) - (isMissing[right] ? 0 : 1)
        }
        return text(left).compare(text(right))
    }
}
