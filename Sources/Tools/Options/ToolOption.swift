/// An option of a tool: the one place that says its name, its value and what it does. Parsing and
/// `--help` derive from it.
struct ToolOption {
    let name: String
    /// What the value is, when it takes one.
    let value: String?
    let summary: String

    init(_ name: String, _ value: String? = nil, _ summary: String) {
        self.name = name
        self.value = value
        self.summary = summary
    }
}

/// What a tool says of itself.
struct ToolManual {
    let purpose: String
    let operands: String
    let options: [ToolOption]
    /// Paragraphs behind the options.
    let notes: [String]

    /// The page that `--help` prints.
    func page(_ name: String) -> [String] {
        var lines = ["Usage: \(name) [option …] \(operands)", "", purpose, "", "Options:"]
        for option in options {
            let head = "  " + option.name + (option.value.map { " " + $0 } ?? "")
            let gap = 30 - head.count
            if gap >= 2 {
                lines.append(head + String(repeating: " ", count: gap) + option.summary)
            } else {
                lines += [head, String(repeating: " ", count: 30) + option.summary]
            }
        }
        for note in notes { lines += ["", note] }
        return lines
    }
}
