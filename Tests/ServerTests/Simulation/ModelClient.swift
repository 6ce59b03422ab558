/// What one client has asked for, what it was told, and what its keys can be after each request.
struct ModelClient {
    let number: Int
    private(set) var units: [ModelUnit] = []
    /// The states that are possible before each unit, and after the last.
    private(set) var states: [Set<ModelState>]
    private(set) var answered = 0
    /// How many units somebody has seen the effects of.
    private(set) var observed = 0
    /// How many units are known to be on the disk.
    private(set) var durable = 0
    /// How many units were answered while the log was healthy.
    private(set) var answeredInHealth = 0
    /// Whether any unit was refused.
    private(set) var wasRefused = false
    /// Whether a unit may be refused because the disk fails.
    let mayRefuse: Bool

    init(number: Int, from state: ModelState, mayRefuse: Bool) {
        self.number = number
        self.mayRefuse = mayRefuse
        states = [[state]]
    }

    var pending: Int { units.count - answered }

    /// Sends a unit.
    mutating func ask(_ unit: ModelUnit) {
        units.append(unit)
        states.append([])
        follow(from: units.count - 1)
    }

    /// Notes that the clock shows a moment while requests are under way.
    mutating func widen(to moment: Int64) {
        guard answered < units.count else { return }
        for index in answered..<units.count { units[index].window.widen(to: moment) }
        follow(from: answered)
    }

    private mutating func follow(from first: Int) {
        for index in first..<units.count {
            var next: Set<ModelState> = mayRefuse ? states[index] : []
            for state in states[index] {
                for outcome in units[index].outcomes(from: state) { next.insert(outcome.state) }
            }
            states[index + 1] = next
        }
    }

    /// Takes note of an answer.
    ///
    /// - Returns: whether it can be true.
    mutating func hear(_ reply: ModelReply, at event: Int, logEnd: UInt64) -> Bool {
        let index = answered
        units[index].reply = reply
        units[index].answered = event
        units[index].logEnd = logEnd
        answered += 1
        var next: Set<ModelState> = []
        if case .read = units[index].kind {
            next = states[index]
        } else if mayRefuse, let word = reply.errorWord, word == "MISCONF" || word == "EXECABORT" {
            wasRefused = true
            next = states[index]
        } else {
            for state in states[index] {
                for outcome in units[index].outcomes(from: state) where outcome.reply == reply {
                    next.insert(outcome.state)
                }
            }
        }
        states[index + 1] = next
        follow(from: answered)
        return !next.isEmpty
    }

    /// Whether a reading of a key by somebody else can be true; notes what it has shown.
    ///
    /// - Parameter earliest: how many units were answered when the reading was sent.
    mutating func show(
        _ key: String, as reply: ModelReply, from earliest: Int, in window: ModelWindow
    ) -> Bool {
        for index in earliest...units.count {
            let isPossible = states[index].contains { state in
                let value = state[key]
                let told = value?.content.replyToGet ?? .bulk(nil)
                if told == reply, value?.mayRemain(at: window.earliest) ?? true { return true }
                return reply == .bulk(nil) && value?.mayBePast(at: window.latestEver) ?? true
            }
            guard isPossible else { continue }
            observed = max(observed, index)
            return true
        }
        return false
    }

    /// Notes how far the disk is known to be.
    mutating func note(durableTo offset: UInt64, isHealthy: Bool) {
        while durable < answered, let end = units[durable].logEnd, end <= offset { durable += 1 }
        if isHealthy { answeredInHealth = answered }
    }

    /// How many units of those from `floor` on a data set can hold; empty when it cannot be.
    func explanations(
        of found: [String: FoundValue], from floor: Int, latest: Int64
    ) -> [Int] {
        (floor...units.count).filter { index in
            states[index].contains { isExplained(found, by: $0, latest: latest) }
        }
    }

    /// Whether a key can have held exactly this at any time.
    func hasHeld(_ found: FoundValue, in key: String) -> Bool {
        states.contains { possible in
            possible.contains { $0[key]?.isExplained(by: found) ?? false }
        }
    }
}
