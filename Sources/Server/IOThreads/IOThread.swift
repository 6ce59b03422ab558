import Platform

/// A thread that does jobs of the rounds. A step claims a job, the next one does it.
final class IOThread: Steppable, @unchecked Sendable {
    private let round: IORound
    // Only the thread itself touches these.
    private var claimed: Int?
    private var allocation: ThreadAllocation?

    init(_ round: IORound) { self.round = round }

    func step() -> Step {
        if let index = claimed {
            claimed = nil
            perform(index)
            return .again
        }
        if round.isEnded { return .finished }
        claimed = round.claim()
        return claimed == nil ? .idle : .again
    }

    private func perform(_ index: Int) {
        let allocation = allocation ?? ThreadAllocation()
        self.allocation = allocation
        round.perform(index, allocation)
    }
}
