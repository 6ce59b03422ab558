/// What a client asks for as a whole: the disk holds all of it or nothing.
struct ModelUnit {
    enum Kind {
        case single(ModelOperation)
        case transaction([ModelOperation])
        case setMany([(key: String, text: String)])
        /// GET of a key that another client owns.
        case read(String, of: Int)
    }

    let kind: Kind
    /// The moments between which it is executed; grows until the answer is there.
    var window: ModelWindow
    /// When it was sent and answered, counted in the run's own events.
    let sent: Int
    var answered: Int?
    /// A place in the log that is not before its records; known with the answer.
    var logEnd: UInt64?
    var reply: ModelReply?
    /// Of a read: how many units of the owner were answered when it was sent.
    var ownerAnswered = 0

    var requests: [[String]] {
        switch kind {
        case .single(let operation): return [operation.words]
        case .transaction(let operations): return [["MULTI"]] + operations.map(\.words) + [["EXEC"]]
        case .setMany(let pairs): return [["MSET"] + pairs.flatMap { [$0.key, $0.text] }]
        case .read(let key, _): return [["GET", key]]
        }
    }

    var bytes: [UInt8] { Array(requests.map { $0.asRequest }.joined()) }

    /// Joins the replies to the requests to what the whole was answered.
    func reply(of replies: [ModelReply]) -> ModelReply { replies[replies.count - 1] }

    /// The states that it can lead to, each with its answer.
    func outcomes(from state: ModelState) -> [(state: ModelState, reply: ModelReply)] {
        switch kind {
        case .single(let operation):
            return operation.outcomes(from: state[operation.key], in: window).map {
                (state.setting(operation.key, $0.value), $0.reply)
            }
        case .transaction(let operations):
            var paths: [(state: ModelState, replies: [ModelReply])] = [(state, [])]
            for operation in operations {
                paths = paths.flatMap { path in
                    operation.outcomes(from: path.state[operation.key], in: window).map {
                        (path.state.setting(operation.key, $0.value), path.replies + [$0.reply])
                    }
                }
            }
            return paths.map { ($0.state, .array($0.replies)) }
        case .setMany(let pairs):
            var state = state
            for pair in pairs { state[pair.key] = ModelValue(text: pair.text, deadline: nil) }
            return [(state, .simple("OK"))]
        case .read: return [(state, .simple("read"))]
        }
    }
}

extension ModelState {
    fileprivate func setting(_ key: String, _ value: ModelValue?) -> ModelState {
        var state = self
        state[key] = value
        return state
    }
}

extension [String] {
    /// The words as a request of the protocol.
    var asRequest: [UInt8] {
        var text = "*\(count)\r\n"
        for word in self { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        return [UInt8](text.utf8)
    }
}
