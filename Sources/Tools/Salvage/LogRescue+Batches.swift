import Bytes
import Persistence

// Batches: whole ones, those in which one byte is wrong, and those that are damaged further.

extension LogRescue {
    func isBatchLine(_ place: Int) -> Bool {
        let end = min(content.count, place + BatchLine.size)
        return BatchLine.isClaimed(by: content[place..<end])
    }

    /// Takes a batch. Returns false where what follows stands in a later file.
    mutating func takeBatch(_ sink: inout RecordSink) throws(ToolFailure) -> Bool {
        let lineEnd = min(content.count, offset + BatchLine.size)
        if let line = BatchLine(content[offset..<lineEnd]),
            line.size <= UInt64(content.count - lineEnd)
        {
            if let limit, line.end > limit { return false }
            sink.endSkipping()
            let range = offset..<lineEnd + Int(line.size)
            if isIntact(line, content[offset..<range.upperBound]) {
                try takeAll(content[lineEnd..<range.upperBound], &sink)
                previous = line.checksum
                offset = range.upperBound
                return true
            }
            if try putRight(range, &sink) { return true }
            // The next line continues from this one: then its size and checksum can be trusted.
            if isContinued(line.checksum, at: range.upperBound) {
                try takeUnverified(range, &sink)
                previous = line.checksum
                return true
            }
        }
        let next = Resync.nextLine(in: content, from: offset + 1)
        if next == nil, isShort(offset) {
            loseTail(BatchVerifier.Outcome.short.text, &sink)
            return true
        }
        let range = offset..<(next ?? content.count)
        if range.count >= BatchLine.size, try putRight(range, &sink) { return true }
        try takeUnverified(range, &sink)
        previous = nil
        return true
    }

    /// Whether the file ends inside the batch of a line.
    private func isShort(_ place: Int) -> Bool {
        let lineEnd = place + BatchLine.size
        guard lineEnd <= content.count, let line = BatchLine(content[place..<lineEnd]) else {
            return lineEnd > content.count
        }
        return line.size > UInt64(content.count - lineEnd)
    }

    private func isIntact(_ line: BatchLine, _ bytes: ByteSlice) -> Bool {
        guard let previous else { return true }
        let sum = BatchLine.checksum(
            of: bytes[..<BatchLine.size], batch: bytes[BatchLine.size...], previous: previous)
        return sum == line.checksum
    }

    /// Whether a line that holds continues from a checksum; the end of the file does, too.
    private func isContinued(_ checksum: UInt64, at place: Int) -> Bool {
        guard place + BatchLine.size <= content.count else { return place == content.count }
        guard let line = BatchLine(content[place..<place + BatchLine.size]),
            line.size <= UInt64(content.count - place - BatchLine.size)
        else { return false }
        let bytes = content[place..<place + BatchLine.size + Int(line.size)]
        let sum = BatchLine.checksum(
            of: bytes[..<BatchLine.size], batch: bytes[BatchLine.size...], previous: checksum)
        return sum == line.checksum
    }

    /// Takes a batch in which one byte is wrong.
    mutating func putRight(
        _ range: Range<Int>, _ sink: inout RecordSink
    ) throws(ToolFailure) -> Bool {
        guard let previous,
            let wrong = BatchRepair.find(in: content, range, previous: previous)
        else { return false }
        var right = ByteBuffer(capacity: range.count)
        right.append(content[range])
        right[wrong.offset - range.lowerBound] = wrong.right
        let bytes = right.bytes
        guard let line = BatchLine(bytes[..<BatchLine.size]),
            line.size == UInt64(range.count - BatchLine.size), isIntact(line, bytes)
        else { return false }
        report.repairs.append(SalvageReport.Repair(file: file, byte: wrong))
        try takeAll(bytes[BatchLine.size...], &sink)
        self.previous = line.checksum
        offset = range.upperBound
        return true
    }

    private mutating func takeAll(
        _ batch: ByteSlice, _ sink: inout RecordSink
    ) throws(ToolFailure) {
        var reader = RecordReader(batch)
        while let item = try? reader.next(), item != .end { try keep(item, reader, &sink) }
    }

    /// Takes what can be read of a batch that is not as it was written.
    private mutating func takeUnverified(
        _ range: Range<Int>, _ sink: inout RecordSink
    ) throws(ToolFailure) {
        let lineEnd = min(range.lowerBound + BatchLine.size, range.upperBound)
        let hasLine = BatchLine(content[range.lowerBound..<lineEnd]) != nil
        finder.forget()
        if hasLine { offset = lineEnd }
        while offset < range.upperBound {
            try output.reach(offset)
            try take(
                upTo: range.upperBound, &sink,
                as: discardsUnverified ? .discarded : .unverified)
        }
        var loss = SalvageReport.Loss(
            file: file, range: range,
            reason: hasLine
                ? "the checksum of a batch is wrong" : BatchVerifier.Outcome.malformed.text)
        (loss.keys, loss.omittedKeys) = (finder.keys, finder.omitted)
        loss.isKept = !discardsUnverified
        report.add(loss)
    }
}
