import Bytes

// A register of a sparse HyperLogLog is raised by splitting the run that it stands in, and by joining
// what has become equal beside it. The steps are Redis's, so that the bytes are.
extension HyperLogLog {
    /// Adds an element, making the HyperLogLog dense where that is due. Returns whether a register
    /// changed.
    ///
    /// - Parameter sizeMax: of a sparse one, in bytes with its header.
    public static func add(
        _ element: ByteSlice, to buffer: inout ByteBuffer, sparseSizeMax sizeMax: Int
    ) throws(Corruption) -> Bool {
        let (index, value) = place(of: element)
        return try raise(index, to: value, in: &buffer, sparseSizeMax: sizeMax)
    }

    /// Raises a register to a value unless it is as high already. Returns whether it changed.
    public static func raise(
        _ index: Int, to value: UInt8, in buffer: inout ByteBuffer, sparseSizeMax sizeMax: Int
    ) throws(Corruption) -> Bool {
        if encoding(of: buffer.bytes) == .sparse {
            switch try raise(index, to: value, inSparse: &buffer, sizeMax: sizeMax) {
            case .unchanged: return false
            case .raised: return true
            case .needsDense: try makeDense(&buffer)
            }
        }
        return raise(index, to: value, inDense: buffer.mutableBytes)
    }

    private enum Outcome { case unchanged, raised, needsDense }

    private static func raise(
        _ index: Int, to value: UInt8, inSparse buffer: inout ByteBuffer, sizeMax: Int
    ) throws(Corruption) -> Outcome {
        guard value <= SparseRun.valueMax else { return .needsDense }
        let found = try findRun(of: index, in: buffer.bytes)
        let (run, offset) = (found.run, found.offset)
        guard run.value < value else { return .unchanged }

        let size = min(SparseRun.size(of: buffer[offset]), buffer.count - offset)
        if run.count == 1, !run.isLong {
            buffer[offset] = 0x80 | (value - 1) << 2
        } else {
            var parts = ByteBuffer(capacity: 8)
            let before = index - found.first
            let behind = run.count - before - 1
            if before > 0 { SparseRun(value: run.value, count: before).append(to: &parts) }
            SparseRun(value: value, count: 1).append(to: &parts)
            if behind > 0 { SparseRun(value: run.value, count: behind).append(to: &parts) }
            let growth = parts.count - size
            if growth > 0, buffer.count + growth > sizeMax { return .needsDense }
            buffer.replace(offset..<offset + size, with: parts.bytes)
        }
        joinRuns(in: &buffer, from: found.previous ?? headerSize)
        return .raised
    }

    private struct FoundRun {
        let run: SparseRun
        let offset: Int
        /// The run's first register.
        let first: Int
        /// Where the run before it begins.
        let previous: Int?
    }

    private static func findRun(
        of index: Int, in bytes: ByteSlice
    ) throws(Corruption) -> FoundRun {
        var (offset, first) = (headerSize, 0)
        var previous: Int?
        while offset < bytes.count {
            let run = SparseRun(bytes, at: offset)
            if index < first + run.count {
                return FoundRun(run: run, offset: offset, first: first, previous: previous)
            }
            previous = offset
            first += run.count
            offset += SparseRun.size(of: bytes[offset])
        }
        throw Corruption()
    }

    /// Joins neighbours of the same value, looking at five places from an offset on.
    private static func joinRuns(in buffer: inout ByteBuffer, from start: Int) {
        var offset = start
        var looksLeft = 5
        while offset < buffer.count, looksLeft > 0 {
            looksLeft -= 1
            let first = buffer[offset]
            if first & 0x80 != 0, offset + 1 < buffer.count, buffer[offset + 1] & 0x80 != 0,
                first & 0x7c == buffer[offset + 1] & 0x7c
            {
                let count = Int(first & 3) + Int(buffer[offset + 1] & 3) + 2
                if count <= SparseRun.valueCountMax {
                    let joined = first & 0xfc | UInt8(count - 1)
                    buffer.replace(offset..<offset + 1, with: .empty)
                    buffer[offset] = joined
                    continue
                }
            }
            offset += SparseRun.size(of: first)
        }
    }
}
