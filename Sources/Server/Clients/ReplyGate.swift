/// Holds a client's replies back until the log's promise covers what they depend on.
///
/// Replies leave in order. At the end of each turn that produced some, the bytes up to the end of
/// the buffer are tied to the largest log offset that any of them depends on; what was tied earlier
/// is behind smaller offsets or waits as well. Positions count all bytes that the client was ever
/// answered, so that sending moves nothing.
struct ReplyGate {
    private struct Mark {
        let end: UInt64
        let offset: UInt64
    }

    private var marks: [Mark] = []
    /// The largest offset that the replies of this turn depend on; 0 when on none.
    private(set) var required: UInt64 = 0
    /// Bytes that were sent.
    private(set) var sent: UInt64 = 0

    /// The largest offset that any reply depends on that has not left; 0 when none depends on one.
    var largest: UInt64 { marks.reduce(required) { max($0, $1.offset) } }

    /// Whether something waits.
    var isClosed: Bool { !marks.isEmpty }

    /// Ties the replies of this turn to a log offset.
    mutating func require(_ offset: UInt64) {
        if offset > required { required = offset }
    }

    /// Ends the turn: what the buffer holds may leave when `promised` has passed what it requires.
    mutating func endTurn(buffered: Int, promised: UInt64) {
        guard required > 0 else { return }
        if required > promised || isClosed {
            marks.append(Mark(end: sent &+ UInt64(buffered), offset: required))
        }
        required = 0
    }

    /// Bytes at the front of the buffer that may be sent.
    mutating func open(buffered: Int, promised: UInt64) -> Int {
        guard !marks.isEmpty else { return buffered }
        var passed: UInt64 = sent
        var count = 0
        for mark in marks {
            guard mark.offset <= promised else { break }
            passed = mark.end
            count += 1
        }
        marks.removeFirst(count)
        if marks.isEmpty { return buffered }
        return Int(passed - sent)
    }

    mutating func didSend(_ count: Int) { sent &+= UInt64(count) }

    /// Forgets what waits, when the client is told an error instead.
    mutating func reset() {
        marks.removeAll()
        required = 0
    }
}
