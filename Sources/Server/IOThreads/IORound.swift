import Bytes
import Platform
import Synchronization

/// Jobs that several threads do side by side, the data thread among them.
///
/// The data thread fills in the first so many jobs and opens the round. Everybody then claims the next
/// one that nobody has, one after the other, does it and marks it as finished; who claims a job owns
/// it until then. The data thread opens the next round when all jobs of this one are finished. The
/// claims are counted in one word, together with the round's number: a thread that is late finds that
/// its round is over and cannot claim a job of the next by an old count.
final class IORound: @unchecked Sendable {
    /// Jobs of one round.
    static let countMax = 256

    // The threads reach a job only between its claim and its end, the data thread at other times.
    let jobs: [Reference<IOJob>]
    /// The round's number (32 bits), its jobs (16 bits), those that were claimed (16 bits).
    private let claims = Atomic<UInt64>(0)
    /// The job that the data thread waits for; -1 for none.
    private let awaited = Atomic<Int>(-1)
    private let bell: any Bell
    private let network: any Network
    /// Bytes that the other threads have allocated and not freed since it was last asked.
    private let allocated = Atomic<Int>(0)
    private let hasEnded = Atomic<Bool>(false)

    init(_ world: World) {
        bell = world.threads.makeBell()
        network = world.network
        jobs = (0..<Self.countMax).map { _ in Reference(to: IOJob()) }
    }

    deinit { for job in jobs { job.free() } }

    // MARK: For the data thread

    /// Offers the first so many jobs.
    func open(_ count: Int) {
        precondition(count <= Self.countMax)
        let number = (claims.load(ordering: .relaxed) &>> 32) &+ 1
        claims.store(number &<< 32 | UInt64(count) &<< 16, ordering: .releasing)
    }

    /// Claims a job and does it; false when all are claimed.
    func performOne() -> Bool {
        guard let index = claim() else { return false }
        jobs[index].value.perform(network)
        jobs[index].value.isFinished.store(true, ordering: .relaxed)
        return true
    }

    func isFinished(_ index: Int) -> Bool {
        jobs[index].value.isFinished.load(ordering: .acquiring)
    }

    /// Waits until a job is finished that another thread has claimed.
    func wait(for index: Int) {
        awaited.store(index, ordering: .sequentiallyConsistent)
        while !jobs[index].value.isFinished.load(ordering: .sequentiallyConsistent) { bell.wait() }
        awaited.store(-1, ordering: .relaxed)
    }

    /// What the other threads have allocated since the last call, in bytes; negative if they have
    /// freed more.
    func takeAllocated() -> Int { allocated.exchange(0, ordering: .relaxed) }

    /// Ends the threads after the jobs that they have claimed.
    func end() { hasEnded.store(true, ordering: .releasing) }

    // MARK: For the other threads

    var isEnded: Bool { hasEnded.load(ordering: .acquiring) }

    /// Claims the next job; nothing when all are claimed.
    func claim() -> Int? {
        var seen = claims.load(ordering: .acquiring)
        while true {
            let next = seen & 0xffff
            guard next < (seen &>> 16) & 0xffff else { return nil }
            let (isOurs, found) = claims.weakCompareExchange(
                expected: seen, desired: seen &+ 1, ordering: .acquiringAndReleasing)
            if isOurs { return Int(next) }
            seen = found
        }
    }

    /// Does a job that was claimed.
    func perform(_ index: Int, _ allocation: ThreadAllocation) {
        let before = allocation.balance
        jobs[index].value.perform(network)
        let change = allocation.balance - before
        if change != 0 { allocated.add(change, ordering: .relaxed) }
        // Either this sees that the data thread waits, or that one sees that the job is finished.
        jobs[index].value.isFinished.store(true, ordering: .sequentiallyConsistent)
        if awaited.load(ordering: .sequentiallyConsistent) == index { bell.ring() }
    }
}
