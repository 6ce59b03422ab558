import Bytes

/// The reference page of all directives, derived from their declarations.
public enum DirectiveReference {
    /// The page in Markdown; `docs/reference/directives.md` is this text.
    public static var markdown: String {
        var lines = [
            "# Directives", "",
            "Written by `workshop reference directives` from the declarations in",
            "`Sources/Configuration/Directives`; do not edit it here.", "",
            "A directive is a line `name value …` of the configuration file, an option",
            "`--name value …` of the command line, or an argument of `CONFIG SET`. *Changed*: `run",
            "time` by `CONFIG SET`; `start` only by the file or the command line; `protected` by",
            "`CONFIG SET` if `enable-protected-configs` allows it. *Effect*: `none` means that the",
            "directive is known, kept and shown, and changes nothing yet, `part` that some of it",
            "does; when it is set to something other than its default, the server says so in its",
            "log. Directives that",
            "`CONFIG GET` shows by their exact name only are marked *hidden*.", "",
        ]
        for subject in Directive.subjects {
            lines += [
                "## \(subject.title)", "",
                "| Directive | Value | Default | Changed | Effect | Purpose |",
                "|---|---|---|---|---|---|",
            ]
            lines += subject.directives.map(row)
            lines.append("")
        }
        lines += other
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(of directive: Directive) -> String {
        let aliases = directive.aliases.map { ", `\($0)`" }.joined()
        let hidden = directive.traits.contains(.hidden) ? " *hidden*" : ""
        let value = directive.value(in: Settings()).text
        let effect =
            switch directive.effect {
            case .full: "full"
            case .partial(let reason): "part: \(reason)"
            case .none(let reason): "none: \(reason)"
            }
        let cells = [
            "`\(directive.name)`\(aliases)\(hidden)", text(of: directive.kind),
            value.isEmpty ? "empty" : "`\(value)`", text(of: directive.change), effect,
            directive.summary,
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func text(of change: Directive.Change) -> String {
        switch change {
        case .atRuntime: "run time"
        case .atStart: "start"
        case .protected: "protected"
        }
    }

    private static func text(of kind: DirectiveKind) -> String {
        switch kind {
        case .yesNo: "`yes`, `no`"
        case .integer(let range): "integer, \(range.lowerBound) to \(bound(range.upperBound))"
        case .memory(let low, let high):
            high == .max
                ? "memory, \(low) to 2^64-1" : "memory, \(low) to \(bound(Int(high)))"
        case .memoryOrPercent: "memory, or percent of `maxmemory`"
        case .octal(let range):
            "octal, \(String(range.lowerBound, radix: 8)) to \(String(range.upperBound, radix: 8))"
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .words(let words): "some of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .text: "text"
        case .special(let form): form
        }
    }

    private static func bound(_ value: Int) -> String {
        switch value {
        case .max: "2^63-1"
        case 2_147_483_647: "2^31-1"
        case 4_294_967_295: "2^32-1"
        default: String(value)
        }
    }

    private static let other = [
        "## Lines that are not directives", "",
        "| Line | Purpose |", "|---|---|",
        "| `include path` | Reads a file, or all files that match a pattern, at this place. |",
        "| `rename-command name new` | Gives a command another name; `\"\"` takes it away. |",
        "| `user name rules…` | A user and their rights, as `ACL SETUSER` takes them. |",
        "| `loadmodule path` | Refused: modules are not supported. |",
        "| `list-max-ziplist-entries`, `list-max-ziplist-value`, `lua-replicate-commands` | Out "
            + "of use; accepted with a line in the log. |",
    ]
}
