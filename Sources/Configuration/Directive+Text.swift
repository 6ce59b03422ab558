import Bytes

extension Directive {
    /// A directive whose value is text.
    ///
    /// - Parameter refusal: the reason why a text is refused, or nothing.
    init(
        _ name: String, _ aliases: String..., text place: Place<String>,
        change: Change = .atRuntime, traits: Traits = [], effect: Effect = .full, summary: String,
        refusal: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        let access = DirectivePlace(
            read: { ByteString($0[keyPath: place]) },
            write: { settings, words throws(RefusedValue) in
                let text = try Self.text(words[0])
                if let reason = refusal(text) { throw RefusedValue(reason) }
                settings[keyPath: place] = text
            },
            lines: { [ByteString($0[keyPath: place]).quoted] })
        self.init(
            name: name, aliases: aliases, kind: .text, change: change, traits: traits,
            effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is a secret: any bytes, never written to a log.
    init(
        _ name: String, secret place: Place<ByteString>,
        traits: Traits = .masked, effect: Effect = .full, summary: String
    ) {
        let access = DirectivePlace(
            read: { $0[keyPath: place] },
            write: { settings, words throws(RefusedValue) in settings[keyPath: place] = words[0] },
            lines: { [$0[keyPath: place].quoted] })
        self.init(
            name: name, aliases: [], kind: .text, change: .atRuntime, traits: traits,
            effect: effect, summary: summary, place: access)
    }

    /// The word as text. Names of files, which need not be UTF-8 on Linux, must be for us: they are
    /// shown in replies, logs and the manifest.
    static func text(_ word: ByteString) throws(RefusedValue) -> String {
        guard let text = String(validating: word.array, as: UTF8.self) else {
            throw RefusedValue("argument must be valid UTF-8")
        }
        return text
    }
}
