import Bytes
import CPlatform

/// Elements that are going to be put into a `PackedTable` together.
///
/// Element by element, a table that grows writes each entry several times: pages grow, divide and
/// hash their entries again. A batch knows all hashes and sizes beforehand, so each page is made
/// once, as large as it will be (`docs/decisions/0017-batches-of-elements.md`).
///
/// A batch keeps its memory for the next one. What it holds belongs to one table, into which it
/// goes (`PackedTable.insert`) before the table is freed.
public struct TableBatch: ~Copyable {
    /// A batch of so many elements, or bytes, is full. Larger tables are filled in several steps.
    private static let countMax = 1 << 20
    private static let bytesMax = 32 << 20

    /// The entries as they will stand in pages.
    private var entries = ByteBuffer()
    /// By hash: where the entry begins, and in the low bits its size.
    private(set) var order = HashOrder()
    private static let sizeBits: UInt64 = 16

    public init() {}

    public var count: Int { order.count }
    public var isEmpty: Bool { count == 0 }

    /// Whether the batch should be put into its table now.
    public var isFull: Bool { count >= Self.countMax || entries.count >= Self.bytesMax }

    /// Appends an element for a table.
    ///
    /// - Parameters:
    ///   - value: of a field of a hash; a set has none.
    ///   - deadline: Unix milliseconds; only with a value.
    public mutating func append(
        _ key: TableKey, value: StringValue? = nil, deadline: Int64? = nil,
        for table: PackedTable
    ) {
        let size = PackedTable.entrySize(key, value, deadline)
        precondition(size < 1 << Self.sizeBits, "long strings stand outside")
        order.append(key.hash, UInt64(entries.count) << Self.sizeBits | UInt64(size))
        _ = unsafe entries.appendFilled(upTo: size) { room in
            guard let target = room.baseAddress else { return 0 }
            unsafe table.write(key, value, deadline, to: target)
            return size
        }
    }

    mutating func sort() { order.sort() }

    mutating func removeAll() {
        entries.removeAll()
        order.removeAll()
    }

    /// Bytes of the entry at an index.
    func size(_ index: Int) -> Int {
        Int(order.elements[index].number & (1 << Self.sizeBits - 1))
    }

    func hash(_ index: Int) -> UInt64 { order.elements[index].hash }

    /// The entry at an index, lent until the batch changes.
    func entry(_ index: Int) -> TableEntry {
        let number = order.elements[index].number
        let bytes = entries.bytes
        let start = Int(number >> Self.sizeBits)
        return unsafe TableEntry(
            address: bytes[start..<bytes.count].start,
            size: Int(number & (1 << Self.sizeBits - 1)))
    }

    /// Whether a sorted batch holds an element twice.
    var hasDuplicates: Bool {
        for index in 1..<max(1, count) {
            // Those of one hash are compared with each other; there is hardly ever a second one.
            var before = index - 1
            while before >= 0, hash(before) == hash(index) {
                if entry(before).field == entry(index).field { return true }
                before -= 1
            }
        }
        return false
    }
}

extension PackedTable {
    /// Inserts the elements of a batch, which is empty afterwards.
    ///
    /// - Returns: false when one of them is there already, or twice in the batch. The table then lacks
    ///   some of them, and is good for nothing but to be freed.
    public func insert(_ batch: inout TableBatch) -> Bool {
        guard !batch.isEmpty else { return true }
        batch.sort()
        let isDistinct = insert(sorted: batch)
        batch.removeAll()
        return isDistinct
    }

    private func insert(sorted batch: borrowing TableBatch) -> Bool {
        let word = page(of: 0)
        guard isEmpty, word.localDepth == 0 else { return insertEach(of: batch) }
        // What comes twice must not get into pages: those of one hash cannot be divided.
        guard !batch.hasDuplicates else {
            for index in 0..<batch.count { discard(batch.entry(index)) }
            return false
        }
        fill(with: batch, 0..<batch.count, prefix: 0, depth: 0)
        retire(word.node)
        count = batch.count
        return true
    }

    private func insertEach(of batch: borrowing TableBatch) -> Bool {
        var isDistinct = true
        for index in 0..<batch.count {
            let entry = batch.entry(index)
            let key = TableKey(entry.field, hash: batch.hash(index))
            if contains(key) {
                isDistinct = false
                discard(entry)
            } else {
                insert(entry, hash: key.hash)
            }
        }
        return isDistinct
    }

    /// Makes the pages of the elements whose hashes begin alike.
    ///
    /// - Parameters:
    ///   - range: of those elements.
    ///   - prefix: with what their hashes begin.
    ///   - depth: how many bits that are.
    private func fill(
        with batch: borrowing TableBatch, _ range: Range<Int>, prefix: UInt64, depth: Int
    ) {
        if depth < Self.depthMax, TablePage.isTooMuch(batch, range) {
            let bit: UInt64 = 1 << UInt64(63 - depth)
            let middle = batch.order.firstIndex(in: range, from: prefix | bit)
            fill(with: batch, range.lowerBound..<middle, prefix: prefix, depth: depth + 1)
            return fill(
                with: batch, middle..<range.upperBound, prefix: prefix | bit, depth: depth + 1)
        }
        let page = TablePage.make(of: batch, range, epoch: root.epoch)
        place(page, at: prefix, depth: depth)
        fullest = max(fullest, page.count)
    }
}

extension TablePage {
    /// Whether elements of a batch are too many for a page, or too large.
    static func isTooMuch(_ batch: borrowing TableBatch, _ range: Range<Int>) -> Bool {
        guard range.count <= countMax else { return true }
        guard range.count >= splitCountMin else { return false }
        var bytes = 0
        for index in range { bytes += batch.size(index) }
        return bytes > bytesMax
    }

    static func make(
        of batch: borrowing TableBatch, _ range: Range<Int>, epoch: UInt32
    ) -> TablePage {
        var (bytes, largest) = (0, 0)
        for index in range {
            let size = batch.size(index)
            bytes += size
            largest = max(largest, size)
        }
        let page = make(
            count: range.count, bytes: bytes, width: width(of: largest), epoch: epoch)
        for index in range {
            page.append(batch.entry(index), tag: UInt8(truncatingIfNeeded: batch.hash(index)))
        }
        return page
    }
}
