import Bytes

extension Directive {
    /// A directive whose value is `yes` or `no`.
    init(
        _ name: String, _ aliases: String..., flag place: Place<Bool>,
        change: Change = .atRuntime, traits: Traits = [], effect: Effect = .full, summary: String
    ) {
        let text: @Sendable (Settings) -> ByteString = { $0[keyPath: place] ? "yes" : "no" }
        let access = DirectivePlace(
            read: text,
            write: { settings, words throws(RefusedValue) in
                if words[0].withSlice({ $0.isWord("yes") }) {
                    settings[keyPath: place] = true
                } else if words[0].withSlice({ $0.isWord("no") }) {
                    settings[keyPath: place] = false
                } else {
                    throw RefusedValue("argument must be 'yes' or 'no'")
                }
            },
            lines: { [text($0)] })
        self.init(
            name: name, aliases: aliases, kind: .yesNo, change: change, traits: traits,
            effect: effect, summary: summary, place: access)
    }

    /// A directive whose value is one word of a list.
    init<Word: DirectiveWord>(
        _ name: String, word place: Place<Word>,
        change: Change = .atRuntime, traits: Traits = [], effect: Effect = .full, summary: String
    ) {
        let all = Word.allCases.map(\.rawValue)
        let access = DirectivePlace(
            read: { ByteString($0[keyPath: place].rawValue) },
            write: { settings, words throws(RefusedValue) in
                guard let value = Word(rawValue: words[0].text.lowercased()) else {
                    throw Self.notOneOf(all)
                }
                settings[keyPath: place] = value
            },
            lines: { [ByteString($0[keyPath: place].rawValue)] })
        self.init(
            name: name, aliases: [], kind: .word(all), change: change, traits: traits,
            effect: effect, summary: summary, place: access)
    }

    /// A directive that says what a signal does: any of the words of `SHUTDOWN`.
    init(_ name: String, shutdownWords place: Place<ShutdownWords>, summary: String) {
        let all = ShutdownWords.words.map(\.word)
        let text: @Sendable (Settings) -> ByteString = { settings in
            let set = ShutdownWords.words.filter {
                $0.value != [] && settings[keyPath: place].contains($0.value)
            }
            return ByteString(set.isEmpty ? "default" : set.map(\.word).joined(separator: " "))
        }
        let access = DirectivePlace(
            read: text,
            write: { settings, words throws(RefusedValue) in
                var value: ShutdownWords = []
                for word in words {
                    let spelled = word.text.lowercased()
                    guard let known = ShutdownWords.words.first(where: { $0.word == spelled })
                    else { throw Self.notOneOf(all) }
                    value.formUnion(known.value)
                }
                if words.isEmpty { throw Self.notOneOf(all) }
                if value.isSuperset(of: [.save, .nosave]) {
                    throw RefusedValue(
                        "shutdown options SAVE and NOSAVE can't be used simultaneously")
                }
                settings[keyPath: place] = value
            },
            lines: { [text($0)] })
        self.init(
            name: name, aliases: [], kind: .words(all), change: .atRuntime, traits: .multiWord,
            effect: .full, summary: summary, place: access)
    }

    private static func notOneOf(_ words: [String]) -> RefusedValue {
        RefusedValue(
            "argument(s) must be one of the following: " + words.joined(separator: ", "))
    }
}
