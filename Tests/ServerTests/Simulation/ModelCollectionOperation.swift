/// A command on a collection of a client's own.
enum ModelCollectionOperation {
    enum End: String { case left = "L", right = "R" }

    case push([String], End)
    case pop(End)
    case trimList
    case removeElements(String)
    case rotate
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
        case .push, .pop, .trimList, .removeElements, .rotate:
            guard let list = content.map({ $0.list }) ?? [] else { return wrongType(content) }
            let (after, reply) = outcome(list)
            return [(after.isEmpty ? nil : .list(after), reply)]
        case .addMembers, .removeMember, .popMember:
            guard let set = content.map({ $0.set }) ?? [] else { return wrongType(content) }
            return outcomes(set).map { ($0.set.isEmpty ? nil : .set($0.set), $0.reply) }
        case .setField, .removeField, .incrementField, .expireField:
            guard let hash = content.map({ $0.hash }) ?? [:] else { return wrongType(content) }
            let (after, reply) = outcome(hash)
            return [(after.isEmpty ? nil : .hash(after), reply)]
        case .addScored, .incrementScore, .removeScored, .popLowest:
            guard let set = content.map({ $0.sortedSet }) ?? [:] else {
                return wrongType(content)
            }
            let (after, reply) = outcome(scored: set)
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

    private func outcome(_ list: [String]) -> ([String], ModelReply) {
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

    private func outcome(scored set: [String: Int]) -> ([String: Int], ModelReply) {
        var set = set
        switch self {
        case .addScored(let member, let score):
            let isNew = set.updateValue(score, forKey: member) == nil
            return (set, .integer(isNew ? 1 : 0))
        case .incrementScore(let member, let score):
            set[member, default: 0] += score
            return (set, .bulk("\(set[member] ?? 0)"))
        case .removeScored(let member):
            return (set.filter { $0.key != member }, .integer(set[member] == nil ? 0 : 1))
        default:
            let lowest = set.min { ($0.value, $0.key) < ($1.value, $1.key) }
            guard let lowest else { return (set, .array([])) }
            set[lowest.key] = nil
            return (set, .array([.bulk(lowest.key), .bulk("\(lowest.value)")]))
        }
    }

    // MARK: Streams

    private func outcome(
        _ key: String, ofNothing empty: ModelStream
    ) -> (content: ModelContent?, reply: ModelReply) {
        switch self {
        case .addEntry, .createGroup:
            let (stream, reply) = outcome(key, empty)
            return (.stream(stream), reply)
        case .readGroup: return (nil, noGroup(key))
        default: return (nil, .integer(0))
        }
    }

    private func noGroup(_ key: String) -> ModelReply {
        .error("NOGROUP No such key '\(key)' or consumer group 'g' in XREADGROUP with GROUP option")
    }

    private func outcome(_ key: String, _ stream: ModelStream) -> (ModelStream, ModelReply) {
        var stream = stream
        switch self {
        case .addEntry(let moment, let text):
            guard moment > stream.last else {
                return (
                    stream,
                    .error(
                        "ERR The ID specified in XADD is equal or smaller than the target stream "
                            + "top item")
                )
            }
            stream.entries[moment] = text
            stream.last = moment
            return (stream, .bulk("\(moment)-1"))
        case .deleteEntry(let moment):
            let isThere = stream.entries.removeValue(forKey: moment) != nil
            return (stream, .integer(isThere ? 1 : 0))
        case .trimStream(let count):
            let gone = stream.entries.keys.sorted().dropLast(count)
            for moment in gone { stream.entries[moment] = nil }
            return (stream, .integer(gone.count))
        case .createGroup:
            guard stream.group == nil else {
                return (stream, .error("BUSYGROUP Consumer Group name already exists"))
            }
            stream.group = ModelStream.Group(delivered: 0)
            return (stream, .simple("OK"))
        case .readGroup(let count): return read(key, count, stream)
        case .acknowledge(let moment):
            let isThere = stream.group?.pending.remove(moment) != nil
            return (stream, .integer(isThere ? 1 : 0))
        default: preconditionFailure("not of a stream")
        }
    }

    private func read(
        _ key: String, _ count: Int, _ stream: ModelStream
    ) -> (ModelStream, ModelReply) {
        guard var group = stream.group else { return (stream, noGroup(key)) }
        let moments = stream.entries.keys.filter { $0 > group.delivered }.sorted().prefix(count)
        guard let last = moments.last else { return (stream, .bulk(nil)) }
        group.delivered = last
        group.pending.formUnion(moments)
        var after = stream
        after.group = group
        let entries = moments.map { moment in
            ModelReply.array([
                .bulk("\(moment)-1"), .array([.bulk("f"), .bulk(stream.entries[moment])]),
            ])
        }
        return (after, .array([.array([.bulk(key), .array(entries)])]))
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
