import Bytes
import Commands

/// The file of users (`aclfile`): a line for each, as ACL LIST shows them, and blank lines.
///
///     user alice on #2bd8…06c9 sanitize-payload ~cache:* resetchannels -@all +get +set
///
/// Words are separated by single blanks; there are no quotes and no comments. A file with any mistake
/// is refused as a whole, with all its mistakes in one text; nobody's rights change then.
struct UserFile {
    private(set) var users: [UserDefinition] = []
    /// What is wrong, in Redis's words; empty when nothing is.
    private var mistakes: [UInt8] = []
    private let path: String
    private let context: AccessRuleContext

    struct Mistakes: Error { let text: ByteString }

    /// Reads a file.
    ///
    /// - Parameter path: as the mistakes name it.
    init(
        _ text: ByteString, path: String, _ context: AccessRuleContext
    ) throws(Mistakes) {
        self.path = path
        self.context = context
        // A zero byte ends the text, as it does for C.
        let lines = text.array.prefix { $0 != 0 }
            .split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() { read(Self.trimmed(line), number: index + 1) }
        guard mistakes.isEmpty else {
            note("WARNING: ACL errors detected, no change to the previously active ")
            note("ACL rules was performed")
            throw Mistakes(text: ByteString(mistakes))
        }
    }

    /// The text of a file of these users.
    static func text(of users: [User]) -> ByteString {
        ByteString(users.flatMap { $0.line.array + [0x0a] })
    }

    private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
        guard !line.isEmpty else { return }
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            .map { ByteString(Array($0)) }
        guard words.count > 1, words[0] == "user" else {
            return note(
                "\(path):\(number) should start with user keyword followed by the username. ")
        }
        let name = words[1]
        guard !name.withSlice({ $0.hasSpaces }) else {
            return note("'\(path):\(number): username '", name, "' contains invalid characters. ")
        }
        guard !users.contains(where: { $0.name == name }) else {
            return note(
                "WARNING: Duplicate user '", name, "' found on line \(number). ")
        }
        var rights = UserRights(context)
        do throws(AccessRules.Unmatched) {
            apply(try AccessRules.merge(Array(words.dropFirst(2))), to: &rights, number)
        } catch {
            note("\(path):\(number): Unmatched parenthesis in selector definition.")
        }
        users.append(UserDefinition(name: name, rights: rights))
    }

    /// Applies rules and goes on behind those that are wrong: every unknown command of a line is named,
    /// of all other mistakes only the first, which may have led to the others.
    private mutating func apply(
        _ rules: [ByteString], to rights: inout UserRights, _ number: Int
    ) {
        var hasSyntaxError = false
        for rule in rules {
            let rule = ByteString(Array(Self.trimmed(rule.array[...], ofBlanks: false)))
            do throws(AccessRules.Refusal) {
                try rights.apply([rule], context)
            } catch {
                if case .unknownCommand = error.reason {
                    note(
                        "\(path):\(number): Error in applying operation '", rule,
                        "': \(error.reason.text). ")
                } else if !hasSyntaxError {
                    note("\(path):\(number): \(error.reason.text). ")
                    hasSyntaxError = true
                }
            }
        }
    }

    private mutating func note(_ text: String, _ quoted: ByteString = "", _ rest: String = "") {
        mistakes += Array(text.utf8) + quoted.array + Array(rest.utf8)
    }

    /// Without the line's white space around it, blanks included or not.
    private static func trimmed(
        _ bytes: ArraySlice<UInt8>, ofBlanks: Bool = true
    ) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in
            byte == 0x09 || byte == 0x0d || byte == 0x0a || (ofBlanks && byte == 0x20)
        }
        let rest = bytes.drop(while: isSpace)
        let end = rest.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? rest.startIndex
        return rest[..<end]
    }
}
