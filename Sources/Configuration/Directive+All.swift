import Bytes

extension Directive {
    /// A chapter of the reference: a subject and its directives.
    struct Subject: Sendable {
        let title: String
        let directives: [Directive]
    }

    static let subjects = [
        Subject(title: "Network", directives: network),
        Subject(title: "Process", directives: process),
        Subject(title: "Operating system", directives: system),
        Subject(title: "Files and data", directives: storage),
        Subject(title: "Append-only log", directives: appendOnly),
        Subject(title: "Memory", directives: memory),
        Subject(title: "Clients and access", directives: clients),
        Subject(title: "Logging and monitoring", directives: monitoring),
        Subject(title: "Encodings", directives: encodings),
        Subject(title: "Replication", directives: replication),
        Subject(title: "Cluster", directives: cluster),
        Subject(title: "TLS", directives: tls),
    ]

    /// Every directive, in the order of the reference.
    public static let all: [Directive] = subjects.flatMap(\.directives)

    private static let byName: [String: Directive] = {
        var directives: [String: Directive] = [:]
        for directive in all {
            for name in [directive.name] + directive.aliases {
                precondition(directives[name] == nil, "\(name) is declared twice")
                directives[name] = directive
            }
        }
        return directives
    }()

    /// The directive of a name or an alias, in any case.
    public static func named(_ name: ByteString) -> Directive? {
        byName[name.text.lowercased()]
    }
}
