import Bytes

/// The complete requests at the front of a client's query buffer, as borrowed slices of it.
///
/// `parse` takes as many requests as there are, up to a limit, so that the keys of all of them can
/// be prefetched before the first is executed. The parser keeps no state between calls: a request
/// that is not complete is looked at again from its start, but not before `needed` bytes have
/// arrived, so the work for a request of many reads stays linear.
public struct RequestBatch: ~Copyable {
    /// Requests that one call takes at most.
    public static let countMax = 64

    private struct Extent {
        var firstArgument: Int
        var argumentCount: Int
        var start: Int
        var count: Int
        var isCanonical: Bool
    }

    private var arguments = SliceList(capacity: 256)
    private var extents: [Extent] = []
    private var input = ByteSlice.empty
    /// The words of an inline request; they are not a part of the query buffer.
    private var words = ByteBuffer()

    /// Bytes of the query buffer that the parsed requests take.
    public private(set) var consumed = 0
    /// Bytes that the query buffer has to hold, behind `consumed`, before another call can find a
    /// further request; 0 when nothing of it is there yet.
    public private(set) var needed = 0

    public init() { extents.reserveCapacity(Self.countMax) }

    public var count: Int { extents.count }

    public subscript(index: Int) -> Request {
        let extent = extents[index]
        let first = extent.firstArgument
        return Request(
            arguments: arguments[first..<(first + extent.argumentCount)],
            canonical: extent.isCanonical
                ? input[extent.start..<(extent.start + extent.count)] : .empty)
    }

    /// Where in the query buffer the request at an index ends.
    public func end(of index: Int) -> Int { extents[index].start + extents[index].count }

    /// Parses the requests at the front of `bytes`, which stays unchanged until the last of them
    /// has been executed.
    ///
    /// An error is thrown when the front itself is wrong; requests before a wrong one are
    /// delivered first.
    public mutating func parse(
        _ bytes: ByteSlice, _ limits: RequestLimits
    ) throws(ProtocolError) {
        arguments.removeAll()
        extents.removeAll(keepingCapacity: true)
        input = bytes
        consumed = 0
        needed = 0
        while consumed < bytes.count, extents.count < Self.countMax {
            let before = consumed
            do throws(ProtocolError) {
                if bytes[consumed] == UInt8(ascii: "*") {
                    try parseMultibulk(limits)
                } else {
                    // The words of an inline request live in one buffer; it goes alone.
                    guard extents.isEmpty else { return }
                    try parseInline()
                    if consumed > before, !extents.isEmpty { return }
                }
            } catch {
                guard extents.isEmpty else { return }
                throw error
            }
            if consumed == before { return }
        }
    }

    private mutating func parseMultibulk(_ limits: RequestLimits) throws(ProtocolError) {
        let start = consumed
        var cursor = LineCursor(input, at: start + 1)
        guard
            let announced = try cursor.number(
                tooLong: .tooBigMultibulkCountText, invalid: .invalidMultibulkLength)
        else { return need(input.count - start + 1) }
        guard announced <= RequestLimits.argumentCountMax else { throw .invalidMultibulkLength }
        if announced > RequestLimits.argumentCountMaxUnauthenticated, !limits.isAuthenticated {
            throw .unauthenticatedMultibulkLength
        }
        // An announcement of nothing is skipped without an answer, as Redis does.
        guard announced > 0 else {
            consumed = cursor.position
            return
        }
        let first = arguments.count
        for index in 0..<Int(announced) {
            // Each argument that is still to come takes six bytes at least.
            let rest = (Int(announced) - index) * 6
            guard try parseBulk(&cursor, limits) else {
                arguments.truncate(to: first)
                let atLeast = cursor.position - start + rest
                let received = input.count - start
                // An announcement is only a claim: it may delay the next look by a quarter of
                // what has come, so that the work stays linear and an error is soon found.
                let patience = min(atLeast, received + received / 4)
                return need(max(patience, cursor.wanted - start, received + 1))
            }
        }
        extents.append(
            Extent(
                firstArgument: first, argumentCount: Int(announced), start: start,
                count: cursor.position - start, isCanonical: cursor.isCanonical))
        consumed = cursor.position
    }

    /// Parses one argument; false when it is not complete.
    private mutating func parseBulk(
        _ cursor: inout LineCursor, _ limits: RequestLimits
    ) throws(ProtocolError) -> Bool {
        guard cursor.position < input.count else { return false }
        guard input[cursor.position] == UInt8(ascii: "$") else {
            throw .expectedDollar(input[cursor.position])
        }
        var ahead = cursor
        ahead.position += 1
        guard
            let count = try ahead.number(
                tooLong: .tooBigBulkCountText, invalid: .invalidBulkLength)
        else { return false }
        guard count >= 0, count <= limits.bulkCountMax else { throw .invalidBulkLength }
        if count > RequestLimits.bulkCountMaxUnauthenticated, !limits.isAuthenticated {
            throw .unauthenticatedBulkLength
        }
        let end = ahead.position + Int(count)
        guard end + 2 <= input.count else {
            cursor.wanted = end + 2
            return false
        }
        arguments.append(input[ahead.position..<end])
        if input[end] != 0x0d || input[end + 1] != 0x0a { ahead.isCanonical = false }
        ahead.position = end + 2
        cursor = ahead
        return true
    }

    private mutating func parseInline() throws(ProtocolError) {
        guard let newline = input.firstIndex(of: 0x0a, from: consumed) else {
            if input.count - consumed > RequestLimits.lineCountMax { throw .tooBigInlineRequest }
            return need(input.count - consumed + 1)
        }
        guard newline - consumed <= RequestLimits.lineCountMax else { throw .tooBigInlineRequest }
        var line = input[consumed..<newline]
        if line.last == 0x0d { line = line[..<(line.count - 1)] }
        let start = consumed
        var ends: [Int] = []
        words.removeAll()
        var splitter = WordSplitter(line)
        do {
            while try splitter.next(into: &words) { ends.append(words.count) }
        } catch {
            throw .unbalancedQuotes
        }
        consumed = newline + 1
        guard !ends.isEmpty else { return }
        let bytes = words.bytes
        var from = 0
        for end in ends {
            arguments.append(bytes[from..<end])
            from = end
        }
        extents.append(
            Extent(
                firstArgument: 0, argumentCount: ends.count, start: start,
                count: consumed - start, isCanonical: false))
    }

    private mutating func need(_ count: Int) { needed = count }
}

/// Reads the short lines of a request: counts behind `*` and `$`.
private struct LineCursor {
    let input: ByteSlice
    var position: Int
    /// Where the input has to reach before it is worth another look.
    var wanted = 0
    /// Whether everything so far stands as the log would write it.
    var isCanonical = true

    init(_ input: ByteSlice, at position: Int) {
        self.input = input
        self.position = position
    }

    /// The number up to the end of the line, or nothing when the line is not complete.
    mutating func number(
        tooLong: ProtocolError, invalid: ProtocolError
    ) throws(ProtocolError) -> Int64? {
        // Most counts have one or two digits.
        var index = position
        while index < input.count, input[index] != 0x0d { index &+= 1 }
        guard index &+ 1 < input.count else {
            if input.count - position > RequestLimits.lineCountMax { throw tooLong }
            return nil
        }
        let count = index &- position
        var number: Int64
        if count == 1, input[position].isASCIIDigit {
            number = Int64(input[position] &- 0x30)
        } else {
            guard let parsed = input[position..<index].integer else { throw invalid }
            number = parsed
        }
        if input[index &+ 1] != 0x0a { isCanonical = false }
        position = index &+ 2
        return number
    }
}
