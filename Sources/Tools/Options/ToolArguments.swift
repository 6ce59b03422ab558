/// The arguments of a tool, told apart by its options.
///
/// Options and operands may be mixed; `--name value` and `--name=value` are the same; behind `--`
/// everything is an operand.
struct ToolArguments {
    private var values: [String: String] = [:]
    private(set) var operands: [String] = []

    init(_ words: [String], _ options: [ToolOption]) throws(ToolFailure) {
        var index = 0
        var isPlain = false
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--", !isPlain {
                isPlain = true
                continue
            }
            guard !isPlain, word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0] == "-v" ? "--version" : parts[0] == "-h" ? "--help" : parts[0]
            guard let option = options.first(where: { $0.name == name }) else {
                throw .usage("there is no option \(name)")
            }
            guard values[option.name] == nil else {
                throw .usage("\(option.name) is given twice")
            }
            var value = parts.count > 1 ? String(parts[1]) : nil
            if let what = option.value, value == nil {
                guard index < words.count else {
                    throw .usage("\(option.name) needs a value: \(what)")
                }
                value = words[index]
                index += 1
            }
            if option.value == nil, value != nil {
                throw .usage("\(option.name) takes no value")
            }
            values[option.name] = value ?? ""
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    subscript(name: String) -> String? { values[name] }

    /// The value of an option that is a number from zero on.
    func number(_ name: String) throws(ToolFailure) -> UInt64? {
        guard let text = values[name] else { return nil }
        guard let number = UInt64(text) else {
            throw .usage("the value of \(name) is not a number: \(text)")
        }
        return number
    }

    /// Refuses options that contradict each other.
    func atMostOne(of names: [String]) throws(ToolFailure) {
        let given = names.filter(has)
        guard given.count <= 1 else {
            throw .usage("\(given.joined(separator: " and ")) exclude each other")
        }
    }
}
