import Bytes
import CPlatform

/// The order of some things by keys of 64 bits: their indexes, sorted without moving the things.
///
/// Equals keep the order in which they were appended. Sorting looks at the keys byte by byte from the
/// least significant one, so it calls nobody and takes a time in proportion to the number.
@safe
public struct KeyedOrder: ~Copyable {
    @usableFromInline
    @frozen
    struct Item {
        @usableFromInline var key: UInt64
        @usableFromInline var index: UInt32

        @usableFromInline
        init(key: UInt64, index: UInt32) {
            self.key = key
            self.index = index
        }
    }

    @usableFromInline var items: UnsafeMutablePointer<Item>
    /// As large as `items`; what is in it does not matter between calls.
    private var spare: UnsafeMutablePointer<Item>
    private let capacity: Int
    public private(set) var count = 0

    /// - Parameter capacity: how many are going to be appended, at the most.
    public init(capacity: Int) {
        precondition(capacity >= 0)
        precondition(capacity <= Int(UInt32.max))
        self.capacity = max(1, capacity)
        unsafe items = Self.allocate(self.capacity)
        unsafe spare = Self.allocate(self.capacity)
    }

    deinit {
        let size = capacity * MemoryLayout<Item>.stride
        unsafe ls_free(items, size)
        unsafe ls_free(spare, size)
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Item> {
        let size = count * MemoryLayout<Item>.stride
        guard let memory = unsafe ls_allocate(size) else {
            preconditionFailure("out of memory for an order of \(count) things")
        }
        return unsafe memory.bindMemory(to: Item.self, capacity: count)
    }

    /// Appends the thing whose index is the number of those before it.
    public mutating func append(_ key: UInt64) {
        precondition(count < capacity)
        unsafe items[count] = Item(key: key, index: UInt32(truncatingIfNeeded: count))
        count &+= 1
    }

    /// The index of the thing at a place in the order.
    @inlinable
    public subscript(place: Int) -> Int {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
        return unsafe Int(items[place].index)
    }

    // MARK: Sorting

    /// Sorts by the keys.
    public mutating func sort() {
        if count <= Self.insertionMax { return insertionSort(0..<count) { $0 < $1 } }
        for shift in stride(from: UInt64(0), to: 64, by: 8) { distribute(by: shift) }
    }

    /// Below this many, moving each to its place is fastest.
    private static let insertionMax = 48

    /// Sorts by one byte of the keys and keeps the order of equals.
    private mutating func distribute(by shift: UInt64) {
        let items = unsafe items
        let spare = unsafe spare
        let count = count
        unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { starts in
            unsafe starts.initialize(repeating: 0)
            for place in 0..<count {
                unsafe starts[Int((items[place].key &>> shift) & 0xff)] &+= 1
            }
            // A byte that is the same in all keys changes nothing.
            let first = unsafe Int((items[0].key &>> shift) & 0xff)
            if unsafe starts[first] == count { return }
            var sum = 0
            for byte in 0..<256 {
                let size = unsafe starts[byte]
                unsafe starts[byte] = sum
                sum &+= size
            }
            for place in 0..<count {
                let item = unsafe items[place]
                let byte = Int((item.key &>> shift) & 0xff)
                unsafe spare[starts[byte]] = item
                unsafe starts[byte] &+= 1
            }
            swapSides()
        }
    }

    private mutating func swapSides() {
        let sorted = unsafe spare
        unsafe spare = unsafe items
        unsafe items = unsafe sorted
    }

    private mutating func insertionSort(
        _ range: Range<Int>, _ precedes: (UInt64, UInt64) -> Bool
    ) {
        for place in range.dropFirst() {
            let item = unsafe items[place]
            var target = place
            while target > range.lowerBound, unsafe precedes(item.key, items[target - 1].key) {
                unsafe items[target] = items[target - 1]
                target -= 1
            }
            unsafe items[target] = item
        }
    }

    /// Sorts those with equal keys by something else, and keeps the order of what is equal then, too.
    ///
    /// - Parameter precedes: whether the thing of one index comes before that of another one.
    public mutating func sortEqualKeys(by precedes: (Int, Int) -> Bool) {
        var start = 0
        while start < count {
            let key = unsafe items[start].key
            var end = start + 1
            while end < count, unsafe items[end].key == key { end += 1 }
            if end - start > 1 { mergeSort(start..<end, precedes) }
            start = end
        }
    }

    private mutating func mergeSort(_ range: Range<Int>, _ precedes: (Int, Int) -> Bool) {
        guard range.count > 1 else { return }
        let middle = range.lowerBound + range.count / 2
        mergeSort(range.lowerBound..<middle, precedes)
        mergeSort(middle..<range.upperBound, precedes)
        // Often the halves are in order already, and many things are the same one.
        guard unsafe precedes(Int(items[middle].index), Int(items[middle - 1].index)) else {
            return
        }
        let leftCount = middle - range.lowerBound
        for offset in 0..<leftCount { unsafe spare[offset] = items[range.lowerBound + offset] }
        var (left, right, target) = (0, middle, range.lowerBound)
        while left < leftCount, right < range.upperBound {
            if unsafe precedes(Int(items[right].index), Int(spare[left].index)) {
                unsafe items[target] = items[right]
                right += 1
            } else {
                unsafe items[target] = spare[left]
                left += 1
            }
            target += 1
        }
        while left < leftCount {
            unsafe items[target] = spare[left]
            left += 1
            target += 1
        }
    }
}

extension KeyedOrder {
    /// The key under which doubles are in their order; both zeros are the same, NaN has none.
    @inlinable
    public static func key(_ value: Double) -> UInt64 {
        precondition(!value.isNaN)
        let bits = (value + 0).bitPattern
        // Negative numbers grow towards smaller ones.
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }

    /// The key under which texts are in their order as far as their first eight bytes tell.
    public static func key(ofFirstBytes text: ByteSlice) -> UInt64 {
        var key: UInt64 = 0
        for index in 0..<min(8, text.count) {
            key |= UInt64(text[index]) << UInt64(56 - index * 8)
        }
        return key
    }
}
