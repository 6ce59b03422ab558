import Bytes
import Configuration

/// A section of `INFO`: a title, and fields or lines made from a list that the server keeps.
struct InfoSection: Sendable {
    /// Fields that are told together, or not at all.
    struct Group: Sendable {
        let fields: [InfoField]
        /// When they are told, as a part of a sentence; empty for always.
        let condition: StaticString
        let isTold: @Sendable (InfoMoment) -> Bool

        init(
            _ fields: [InfoField], _ condition: StaticString = "",
            when isTold: @escaping @Sendable (InfoMoment) -> Bool = { _ in true }
        ) {
            self.fields = fields
            self.condition = condition
            self.isTold = isTold
        }
    }

    let title: StaticString
    /// Whether `INFO` without an argument tells it.
    let isDefault: Bool
    let groups: [Group]
    /// What the lines behind the fields look like; empty when there are none.
    let form: StaticString
    /// Lines with names of their own, behind the fields.
    let lines: @Sendable (InfoMoment, inout ByteBuffer) -> Void

    init(
        _ title: StaticString, isDefault: Bool = true, _ groups: [Group] = [],
        form: StaticString = "",
        lines: @escaping @Sendable (InfoMoment, inout ByteBuffer) -> Void = { _, _ in }
    ) {
        self.title = title
        self.isDefault = isDefault
        self.groups = groups
        self.form = form
        self.lines = lines
    }

    /// In the order in which they are told.
    static let all = [
        InfoSection(
            "Server", [Group(InfoField.server)],
            form: "listener<n>:name=<kind>,bind=<address>…,port=<port>", lines: appendListeners),
        InfoSection("Clients", [Group(InfoField.clients)]),
        InfoSection("Memory", [Group(InfoField.memory)]),
        InfoSection(
            "Persistence",
            [
                Group(InfoField.loadingState + InfoField.snapshots + InfoField.log),
                Group(
                    InfoField.openLog, "while the log is on",
                    when: { $0.settings.appendOnly.isEnabled }),
                Group(
                    InfoField.loading, "while the data is being loaded",
                    when: { $0.persistence.loading != nil }),
                Group(InfoField.durability + InfoField.diskBudget + InfoField.upkeep),
            ]),
        InfoSection("Stats", [Group(InfoField.traffic + InfoField.keys + InfoField.activity)]),
        InfoSection("Replication", [Group(InfoField.replication)]),
        InfoSection("CPU", [Group(InfoField.processor)]),
        InfoSection("Modules"),
        InfoSection(
            "Commandstats", isDefault: false,
            form: """
                cmdstat_<command>:calls=<n>,usec=<time>,usec_per_call=<mean>,rejected_calls=<n>,\
                failed_calls=<n>
                """, lines: appendCommands),
        InfoSection("Errorstats", form: "errorstat_<word>:count=<n>", lines: appendErrors),
        InfoSection(
            "Latencystats", isDefault: false,
            form: "latency_percentiles_usec_<command>:p<percent>=<microseconds>,…",
            lines: appendLatencies),
        InfoSection("Cluster", [Group(InfoField.cluster)]),
        InfoSection(
            "Keyspace",
            form: "db<index>:keys=<n>,expires=<n>,avg_ttl=<milliseconds>,subexpiry=<n>",
            lines: appendDatabases),
    ]

    private func append(_ moment: InfoMoment, to text: inout ByteBuffer) {
        if !text.isEmpty { text.append("\r\n") }
        text.append("# ")
        text.append(title)
        text.append("\r\n")
        for group in groups where group.isTold(moment) {
            for field in group.fields { field.append(moment, to: &text) }
        }
        lines(moment, &text)
    }

    /// Appends the sections that words ask for, each once and in the order of the list.
    ///
    /// - Parameter words: titles in any case, `default`, `all` or `everything`; no words are
    ///   `default`, and unknown words ask for nothing.
    static func append(_ words: Slices, of server: Server, to text: inout ByteBuffer) {
        let moment = InfoMoment(server)
        for section in all where isWanted(section, words) { section.append(moment, to: &text) }
    }

    private static func isWanted(_ section: InfoSection, _ words: Slices) -> Bool {
        if words.count == 0 { return section.isDefault }
        for index in 0..<words.count {
            let word = words[index]
            if word.isWord("all") || word.isWord("everything") { return true }
            if word.isWord("default"), section.isDefault { return true }
            if word.isWord(section.title) { return true }
        }
        return false
    }
}
