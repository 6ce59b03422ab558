import Bytes
import Keyspace

/// What SORT takes its elements from; a missing key is an empty one.
enum SortSource {
    case none
    case list(ListView)
    case set(SetContents)
    case sortedSet(SortedSet)

    init(_ entry: Entry?) throws(CommandError) {
        guard let entry else {
            self = .none
            return
        }
        switch entry.type {
        case .list: self = .list(ListView(entry.value))
        case .set: self = .set(entry.set)
        case .sortedSet: self = .sortedSet(SortedSet(entry))
        default: throw .wrongType
        }
    }

    var count: Int {
        switch self {
        case .none: 0
        case .list(let list): list.count
        case .set(let set): set.count
        case .sortedSet(let set): set.count
        }
    }

    /// The elements to be sorted: all, but of a list or sorted set that keeps its own order those of
    /// the range only, in the direction that was asked for.
    func elements(for options: SortOptions, _ range: Range<Int>) -> SortElements {
        let keepsOrder = options.staysUnsorted && hasOrder
        let wanted = keepsOrder ? range : 0..<count
        var elements = SortElements(capacity: wanted.count)
        let isText = options.isAlphabetic && options.by == nil
        forEach(in: wanted, descending: keepsOrder && options.isDescending) { element in
            if isText { elements.append(textOf: element) } else { elements.append(element) }
        }
        return elements
    }

    /// Whether the elements have an order of their own.
    private var hasOrder: Bool {
        switch self {
        case .list, .sortedSet: true
        case .none, .set: false
        }
    }

    /// Visits the elements of a range.
    ///
    /// - Parameters:
    ///   - range: counted in the direction; of a set all.
    ///   - descending: from the last to the first; a set has no such order.
    private func forEach(
        in range: Range<Int>, descending: Bool, _ visit: (StringValue) -> Void
    ) {
        guard !range.isEmpty else { return }
        switch self {
        case .none: break
        case .list(let list):
            let first = descending ? count - 1 - range.lowerBound : range.lowerBound
            var left = range.count
            list.visit(from: first, backwards: descending) { element in
                visit(element)
                left -= 1
                return left > 0
            }
        case .set(let set): set.forEach(visit)
        case .sortedSet(let set):
            let ranks =
                descending ? (count - range.upperBound)..<(count - range.lowerBound) : range
            set.forEach(ranks: ranks, reversed: descending) { member, _ in visit(member) }
        }
    }
}
