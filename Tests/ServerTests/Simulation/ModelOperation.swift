/// A command on one key of a client's own.
enum ModelOperation {
    enum Deadline {
        case at(Int64)
        case after(Int64)

        func range(in window: ModelWindow) -> ClosedRange<Int64> {
            switch self {
            case .at(let moment): moment...moment
            case .after(let time): (window.earliest + time)...(window.latest + time)
            }
        }
    }

    case set(String, String, Deadline?)
    case increment(String)
    case append(String, String)
    case delete(String)
    case expire(String, Deadline)
    case persist(String)
    case get(String)
    case getAndDelete(String)
    case collection(String, ModelCollectionOperation)
    case bytes(String, ModelByteOperation)

    var key: String {
        switch self {
        case .set(let key, _, _), .increment(let key), .append(let key, _), .delete(let key),
            .expire(let key, _), .persist(let key), .get(let key), .getAndDelete(let key),
            .collection(let key, _), .bytes(let key, _):
            key
        }
    }

    var words: [String] {
        switch self {
        case .set(let key, let text, nil): ["SET", key, text]
        case .set(let key, let text, .at(let moment)?): ["SET", key, text, "PXAT", "\(moment)"]
        case .set(let key, let text, .after(let time)?): ["SET", key, text, "PX", "\(time)"]
        case .increment(let key): ["INCR", key]
        case .append(let key, let text): ["APPEND", key, text]
        case .delete(let key): ["DEL", key]
        case .expire(let key, .at(let moment)): ["PEXPIREAT", key, "\(moment)"]
        case .expire(let key, .after(let time)): ["PEXPIRE", key, "\(time)"]
        case .persist(let key): ["PERSIST", key]
        case .get(let key): ["GET", key]
        case .getAndDelete(let key): ["GETDEL", key]
        case .collection(let key, let operation): operation.words(key)
        case .bytes(let key, let operation): operation.words(key)
        }
    }

    /// What a key can be afterwards and what is answered then.
    typealias Outcome = (value: ModelValue?, reply: ModelReply)

    /// Every outcome that the key's value and the moments of execution allow.
    func outcomes(from value: ModelValue?, in window: ModelWindow) -> [Outcome] {
        guard let value else { return [outcome(from: nil, window)].flatMap(\.self) }
        var outcomes: [Outcome] = []
        if value.mayRemain(at: window.earliest) { outcomes += outcome(from: value, window) }
        if value.mayBePast(at: window.latestEver) { outcomes += outcome(from: nil, window) }
        return outcomes
    }

    private func outcome(from value: ModelValue?, _ window: ModelWindow) -> [Outcome] {
        switch self {
        case .set(_, let text, let deadline):
            return withDeadline(
                ModelValue(text: text, deadline: deadline?.range(in: window)), .simple("OK"),
                window)
        case .increment:
            guard let text = text(of: value) else { return [(value, ModelContent.wrongType)] }
            // Bits that change can leave what only looks like a number.
            guard let number = Int(value == nil ? "0" : text),
                value == nil || text == "\(number)"
            else {
                return [(value, .error("ERR value is not an integer or out of range"))]
            }
            return [
                (
                    ModelValue(text: "\(number + 1)", deadline: value?.deadline),
                    .integer(number + 1)
                )
            ]
        case .append(_, let text):
            guard let old = self.text(of: value) else { return [(value, ModelContent.wrongType)] }
            let longer = old + text
            return [
                (
                    ModelValue(text: longer, deadline: value?.deadline),
                    .integer(longer.utf8.count)
                )
            ]
        case .delete: return [(nil, .integer(value == nil ? 0 : 1))]
        case .expire(_, let deadline):
            guard let value else { return [(nil, .integer(0))] }
            return withDeadline(
                ModelValue(value.content, deadline: deadline.range(in: window)), .integer(1),
                window)
        case .persist:
            guard let value, value.deadline != nil else { return [(value, .integer(0))] }
            return [(ModelValue(value.content, deadline: nil), .integer(1))]
        case .get: return [(value, value?.content.replyToGet ?? .bulk(nil))]
        case .getAndDelete:
            guard let value else { return [(nil, .bulk(nil))] }
            guard case .text(let text) = value.content else {
                return [(value, ModelContent.wrongType)]
            }
            return [(nil, .bulk(text))]
        case .collection(let key, let operation):
            return operation.outcomes(key, from: value?.content).map { outcome in
                let after = outcome.content.map { ModelValue($0, deadline: value?.deadline) }
                return (after, outcome.reply)
            }
        case .bytes(_, let operation): return [operation.outcome(from: value)]
        }
    }

    /// The text that a value holds, empty without a value; nothing when it is no text.
    private func text(of value: ModelValue?) -> String? {
        guard let value else { return "" }
        if case .text(let text) = value.content { return text }
        return nil
    }

    /// A deadline that is over when it is given ends the key at once.
    private func withDeadline(
        _ value: ModelValue, _ reply: ModelReply, _ window: ModelWindow
    ) -> [Outcome] {
        var outcomes: [Outcome] = []
        if value.mayRemain(at: window.earliest) { outcomes.append((value, reply)) }
        if value.deadline.map({ $0.lowerBound <= window.latest }) ?? false {
            outcomes.append((nil, reply))
        }
        return outcomes
    }
}
