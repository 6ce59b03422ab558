/// Elements on their way into a table, put into the order of their hashes.
///
/// Hashes are even, so their first bits nearly tell an element's place: one pass counts how many
/// begin alike, a second one puts each element among those, and what little is left to do is left
/// to insertion. Equal hashes stand side by side afterwards.
struct HashOrder: ~Copyable {
    struct Element {
        let hash: UInt64
        /// What the owner wants to find with the hash.
        let number: UInt64
    }

    private(set) var elements: [Element] = []
    private var unsorted: [Element] = []
    private var counts: [UInt32] = []

    /// Fewer are sorted by insertion alone.
    private static let countedMin = 16
    private static let bitsMax = 20

    var count: Int { elements.count }

    mutating func append(_ hash: UInt64, _ number: UInt64) {
        elements.append(Element(hash: hash, number: number))
    }

    mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

    mutating func sort() {
        if count >= Self.countedMin { sortByFirstBits() }
        unsafe elements.withUnsafeMutableBufferPointer { elements in
            for index in 1..<max(1, elements.count) {
                let element = unsafe elements[index]
                var place = index
                while unsafe place > 0 && elements[place &- 1].hash > element.hash {
                    unsafe elements[place] = elements[place &- 1]
                    place &-= 1
                }
                unsafe elements[place] = element
            }
        }
    }

    /// Puts the elements behind all whose hash begins lower; two or so begin alike.
    private mutating func sortByFirstBits() {
        let bits = min(Self.bitsMax, count.bitWidth - count.leadingZeroBitCount - 1)
        let shift = UInt64(64 - bits)
        swap(&elements, &unsorted)
        counts.removeAll(keepingCapacity: true)
        counts.append(contentsOf: repeatElement(0, count: 1 << bits))
        elements.removeAll(keepingCapacity: true)
        elements.append(contentsOf: unsorted)
        unsafe counts.withUnsafeMutableBufferPointer { places in
            for element in unsorted { unsafe places[Int(element.hash &>> shift)] &+= 1 }
            var sum: UInt32 = 0
            for index in places.indices {
                let count = unsafe places[index]
                unsafe places[index] = sum
                sum &+= count
            }
            unsafe elements.withUnsafeMutableBufferPointer { elements in
                for element in unsorted {
                    let prefix = Int(element.hash &>> shift)
                    unsafe elements[Int(places[prefix])] = element
                    unsafe places[prefix] &+= 1
                }
            }
        }
    }

    /// The first index in a range of sorted elements whose hash is at least another; the end of the
    /// range when there is none.
    func firstIndex(in range: Range<Int>, from hash: UInt64) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
