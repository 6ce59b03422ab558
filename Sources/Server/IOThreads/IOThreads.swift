import Bytes
import Platform

/// The threads of `io-threads`, as the data thread sees them; it is one of them itself.
final class IOThreads {
    static let namePrefix = "io_thd_"
    /// Rounds in which no thread is woken, at the most, after some that were woken came too late.
    private static let restMax = 64

    /// Jobs of a round for each thread from which on it is worth waking it: that takes both sides
    /// together as long as five receives or one send.
    struct Share {
        var reads = 8
        var writes = 4
    }

    let round: IORound
    /// `io-threads-do-reads`
    let isReading: Bool
    private let workers: [any Worker]
    private let share: Share
    /// Between the opening of a round and its end.
    private(set) var isBusy = false
    /// Jobs of the round.
    private(set) var count = 0
    /// Jobs of the round that the data thread has taken back, from the first on.
    private(set) var taken = 0
    /// Whether other threads were woken for the last round.
    private(set) var isActive = false
    /// Jobs of the round that the data thread has done itself.
    private var ownCount = 0
    /// Jobs that the others have to do for it to have been worth waking them.
    private var expectedCount = 0
    /// Rounds in which no thread is to be woken, and how many it were after the last disappointment.
    private var restLeft = 0
    private var restLength = 0

    /// - Parameter count: of threads, the data thread included.
    init(_ count: Int, isReading: Bool, share: Share = Share(), _ world: World) {
        let round = IORound(world)
        self.round = round
        self.isReading = isReading
        self.share = share
        workers = (1..<count).map {
            world.threads.start("\(Self.namePrefix)\($0)", IOThread(round))
        }
    }

    /// Whether so many clients to read from are enough for a round.
    func areEnough(reads count: Int) -> Bool { !isBusy && isReading && count >= 2 * share.reads }

    /// Whether so many clients to send to are enough for a round.
    func areEnough(writes count: Int) -> Bool { !isBusy && count >= 2 * share.writes }

    /// Notes that there was too little to do for a round.
    func rest() { if !isBusy { isActive = false } }

    func beginReads(_ count: Int) { begin(count, share.reads) }

    func beginWrites(_ count: Int) { begin(count, share.writes) }

    /// Opens a round and wakes as many threads as it has work for.
    private func begin(_ count: Int, _ share: Int) {
        precondition(!isBusy)
        isBusy = true
        self.count = count
        taken = 0
        ownCount = 0
        round.open(count)
        var helpers = min(workers.count, count / share - 1)
        if restLeft > 0 {
            restLeft -= 1
            helpers = 0
        }
        isActive = helpers > 0
        guard helpers > 0 else { return }
        expectedCount = helpers * share / 2
        for worker in workers[..<helpers] { worker.wake() }
    }

    /// Does a job of the round that nobody has begun; false when there is none.
    func performOne() -> Bool {
        guard round.performOne() else { return false }
        ownCount += 1
        return true
    }

    /// Takes the next job back, which is finished.
    func takeNext() -> Reference<IOJob> {
        precondition(taken < count)
        defer { taken += 1 }
        return round.jobs[taken]
    }

    /// Ends a round all of whose jobs were taken back.
    func finish() {
        precondition(taken == count)
        isBusy = false
        if isActive { learn() }
    }

    /// Without a core that is free for them, threads come too late and take time from this one. Then
    /// they are left alone for a while, which doubles as long as that goes on.
    private func learn() {
        if count - ownCount >= expectedCount {
            restLength = 0
        } else {
            restLength = min(Self.restMax, max(1, restLength * 2))
            restLeft = restLength
        }
    }

    /// Ends the threads, after what they are doing.
    func end() {
        round.end()
        for worker in workers { worker.wake() }
        for worker in workers { worker.join() }
    }
}
