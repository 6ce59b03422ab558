/// A command on a collection of a client's own.
enum ModelCollectionOperation {
    enum End: String { case left = "L", right = "R" }

    case push([String], End)
    case pop(End)
    case trimList
    case removeElements(String)
    case rotate
    /// These wait for a while when there is nothing, and nobody brings anything.
    case popWaiting(End)
    case rotateWaiting
    case popLowestWaiting
    case addMembers([String])
    case removeMember(String)
    case popMember
    case setField(String, String)
    case removeField(String)
    case incrementField(String)
    case expireField(String, Int64)
    case addScored(String, Int)
    case incrementScore(String, Int)
    case removeScored(String)
    case popLowest
    case addPlace(ModelPlace)
    case addEntry(Int, String)
    case deleteEntry(Int)
    case trimStream(Int)
    case createGroup
    case readGroup(Int)
    case acknowledge(Int)

    func words(_ key: String) -> [String] {
        switch self {
        case .push(let texts, let end): [end.rawValue + "PUSH", key] + texts
        case .pop(let end): [end.rawValue + "POP", key]
        case .trimList: ["LTRIM", key, "1", "-1"]
        case .removeElements(let text): ["LREM", key, "0", text]
        case .rotate: ["LMOVE", key, key, "LEFT", "RIGHT"]
        case .popWaiting(let end): ["B\(end.rawValue)POP", key, "0.05"]
        case .rotateWaiting: ["BLMOVE", key, key, "LEFT", "RIGHT", "0.05"]
        case .popLowestWaiting: ["BZPOPMIN", key, "0.05"]
        case .addMembers(let members): ["SADD", key] + members
        case .removeMember(let member): ["SREM", key, member]
        case .popMember: ["SPOP", key]
        case .setField(let field, let text): ["HSET", key, field, text]
        case .removeField(let field): ["HDEL", key, field]
        case .incrementField(let field): ["HINCRBY", key, field, "1"]
        case .expireField(let field, let moment):
            ["HPEXPIREAT", key, "\(moment)", "FIELDS", "1", field]
        case .addScored(let member, let score): ["ZADD", key, "\(score)", member]
        case .incrementScore(let member, let score): ["ZINCRBY", key, "\(score)", member]
        case .removeScored(let member): ["ZREM", key, member]
        case .popLowest: ["ZPOPMIN", key]
        case .addPlace(let place):
            ["GEOADD", key, place.position.longitude, place.position.latitude, place.rawValue]
        case .addEntry(let moment, let text): ["XADD", key, "\(moment)-1", "f", text]
        case .deleteEntry(let moment): ["XDEL", key, "\(moment)-1"]
        case .trimStream(let count): ["XTRIM", key, "MAXLEN", "\(count)"]
        case .createGroup: ["XGROUP", "CREATE", key, "g", "0", "MKSTREAM"]
        case .readGroup(let count):
            ["XREADGROUP", "GROUP", "g", "c", "COUNT", "\(count)", "STREAMS", key, ">"]
        case .acknowledge(let moment): ["XACK", key, "g", "\(moment)-1"]
        }
    }

    /// What the key can hold afterwards, and what is answered then.
    func outcomes(
        _ key: String, from content: ModelContent?
    ) -> [(content: ModelContent?, reply: ModelReply)] {
        switch self {
        case .push, .pop, .trimList, .removeElements, .rotate, .popWaiting, .rotateWaiting:
            guard let list = content.map({ $0.list }) ?? [] else { return wrongType(content) }
            let (after, reply) = outcome(key, list)
            return [(after.isEmpty ? nil : .list(after), reply)]
        case .addMembers, .removeMember, .popMember:
            guard let set = content.map({ $0.set }) ?? [] else { return wrongType(content) }
            return outcomes(set).map { ($0.set.isEmpty ? nil : .set($0.set), $0.reply) }
        case .setField, .removeField, .incrementField, .expireField:
            guard let hash = content.map({ $0.hash }) ?? [:] else { return wrongType(content) }
            let (after, reply) = outcome(hash)
            return [(after.isEmpty ? nil : .hash(after), reply)]
        case .addScored, .incrementScore, .removeScored, .popLowest, .popLowestWaiting, .addPlace:
            guard let set = content.map({ $0.sortedSet }) ?? [:] else {
                return wrongType(content)
            }
            let (after, reply) = outcome(key, scored: set)
            return [(after.isEmpty ? nil : .sortedSet(after), reply)]
        case .addEntry, .deleteEntry, .trimStream, .createGroup, .readGroup, .acknowledge:
            guard let content else { return [outcome(key, ofNothing: ModelStream())] }
            guard case .stream(let stream) = content else { return wrongType(content) }
            let (after, reply) = outcome(key, stream)
            return [(.stream(after), reply)]
        }
    }

    private func wrongType(
        _ content: ModelContent?
    ) -> [(content: ModelContent?, reply: ModelReply)] {
        [(content, ModelContent.wrongType)]
    }

    // MARK: Lists

    private func outcome(_ key: String, _ list: [String]) -> ([String], ModelReply) {
        var list = list
        switch self {
        case .push(let texts, .left):
            list = texts.reversed() + list
            return (list, .integer(list.count))
        case .push(let texts, .right):
            list += texts
            return (list, .integer(list.count))
        case .pop(let end):
            guard !list.isEmpty else { return (list, .bulk(nil)) }
            let popped = end == .left ? list.removeFirst() : list.removeLast()
            return (list, .bulk(popped))
        case .popWaiting(let end):
            guard !list.isEmpty else { return (list, .bulk(nil)) }
            let popped = end == .left ? list.removeFirst() : list.removeLast()
            return (list, .array([.bulk(key), .bulk(popped)]))
        case .trimList: return (Array(list.dropFirst()), .simple("OK"))
        case .removeElements(let text):
            let after = list.filter { $0 != text }
            return (after, .integer(list.count - after.count))
        default:
            guard let first = list.first else { return (list, .bulk(nil)) }
            return (list.dropFirst() + [first], .bulk(first))
        }
    }

    // MARK: Sets

    private func outcomes(_ set: Set<String>) -> [(set: Set<String>, reply: ModelReply)] {
        switch self {
        case .addMembers(let members):
            let after = set.union(members)
            return [(after, .integer(after.count - set.count))]
        case .removeMember(let member):
            return [(set.subtracting([member]), .integer(set.contains(member) ? 1 : 0))]
        default:
            guard !set.isEmpty else { return [(set, .bulk(nil))] }
            return set.map { (set.subtracting([$0]), .bulk($0)) }
        }
    }

    // MARK: Hashes

    private func outcome(_ hash: [String: ModelField]) -> ([String: ModelField], ModelReply) {
        var hash = hash
        switch self {
        case .setField(let field, let text):
            let isNew = hash.updateValue(ModelField(text: text), forKey: field) == nil
            return (hash, .integer(isNew ? 1 : 0))
        case .removeField(let field):
            return (hash.filter { $0.key != field }, .integer(hash[field] == nil ? 0 : 1))
        case .incrementField(let field):
            guard let number = Int(hash[field]?.text ?? "0") else {
                return (hash, .error("ERR hash value is not an integer"))
            }
            hash[field, default: ModelField(text: "")].text = "\(number + 1)"
            return (hash, .integer(number + 1))
        case .expireField(let field, let moment):
            guard hash[field] != nil else { return (hash, .array([.integer(-2)])) }
            hash[field]?.deadline = moment
            return (hash, .array([.integer(1)]))
        default: preconditionFailure("not of a hash")
        }
    }

    // MARK: Sorted sets

    private func outcome(
        _ key: String, scored set: [String: Int]
    ) -> ([String: Int], ModelReply) {
        var set = set
        switch self {
        case .addScored(let member, let score):
            let isNew = set.updateValue(score, forKey: member) == nil
            return (set, .integer(isNew ? 1 : 0))
        case .addPlace(let place):
            let isNew = set.updateValue(place.score, forKey: place.rawValue) == nil
            return (set, .integer(isNew ? 1 : 0))
        case .incrementScore(let member, let score):
            set[member, default: 0] += score
            return (set, .bulk("\(set[member] ?? 0)"))
        case .removeScored(let member):
            return (set.filter { $0.key != member }, .integer(set[member] == nil ? 0 : 1))
        default:
            let lowest = set.min { ($0.value, $0.key) < ($1.value, $1.key) }
            let isWaiting = if case .popLowestWaiting = self { true } else { false }
            guard let lowest else { return (set, isWaiting ? .bulk(nil) : .array([])) }
            set[lowest.key] = nil
            let popped = [ModelReply.bulk(lowest.key), .bulk("\(lowest.value)")]
            return (set, .array(isWaiting ? [.bulk(key)] + popped : popped))
        }
    }
}

extension ModelContent {
    fileprivate var list: [String]? { if case .list(let list) = self { list } else { nil } }
    fileprivate var set: Set<String>? { if case .set(let set) = self { set } else { nil } }
    fileprivate var hash: [String: ModelField]? {
        if case .hash(let hash) = self { hash } else { nil }
    }
    fileprivate var sortedSet: [String: Int]? {
        if case .sortedSet(let set) = self { set } else { nil }
    }
}
