/// The reference page of `INFO`, derived from the tables of its fields.
public enum InfoReference {
    /// The page in Markdown; `docs/reference/info.md` is this text.
    public static var markdown: String {
        var lines = [
            "# INFO", "",
            "Written by `workshop reference info` from the tables in `Sources/Server/Information`;",
            "do not edit it here.", "",
            "Names and order are those of Redis 7.2, and Ledgerstone's own names follow where they",
            "belong. Without an argument, and for `default`, the sections that are not marked are",
            "told; `all` and `everything` tell every section. A *counter* only goes up, until",
            "`CONFIG RESETSTAT` or a start; a *gauge* goes up and down. What the server does not do",
            "is told as 0.", "",
        ]
        for section in InfoSection.all {
            lines += ["## \(section.title)" + (section.isDefault ? "" : " (when asked for)"), ""]
            lines += table(of: section)
            if !"\(section.form)".isEmpty {
                lines += ["A line each, of the form `\(section.form)`.", ""]
            } else if section.groups.isEmpty {
                lines += ["Empty.", ""]
            }
        }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private static func table(of section: InfoSection) -> [String] {
        guard !section.groups.isEmpty else { return [] }
        var lines = ["| Field | Kind | What it is |", "|---|---|---|"]
        for group in section.groups {
            for field in group.fields {
                let condition = "\(group.condition)"
                let told = condition.isEmpty ? "" : " Told \(condition)."
                lines.append("| `\(field.name)` | \(field.kind) | \(field.summary)\(told) |")
            }
        }
        return lines + [""]
    }
}
