// What the commands on streams do and answer.

extension ModelCollectionOperation {
    func outcome(
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

    func outcome(_ key: String, _ stream: ModelStream) -> (ModelStream, ModelReply) {
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
