import Bytes
import Commands

/// Rules as they are given, a word each, of which those between parentheses belong together.
enum AccessRules {
    /// Puts selectors together that were given in several words.
    ///
    /// - Throws: the index of a parenthesis that is never closed.
    static func merge(_ words: [ByteString]) throws(Unmatched) -> [ByteString] {
        var merged: [ByteString] = []
        var open: (index: Int, text: [UInt8])?
        for (index, word) in words.enumerated() {
            let isClosed = word.array.last == UInt8(ascii: ")")
            if let (start, text) = open {
                // As in Redis, a zero byte ends what is added of a word.
                let longer = text + [UInt8(ascii: " ")] + word.array.prefix { $0 != 0 }
                open = isClosed ? nil : (start, longer)
                if isClosed { merged.append(ByteString(longer)) }
            } else if word.array.first == UInt8(ascii: "("), !isClosed {
                open = (index, word.array)
            } else {
                merged.append(word)
            }
        }
        if let open { throw Unmatched(index: open.index) }
        return merged
    }

    struct Unmatched: Error { let index: Int }

    /// What is wrong with a `user` line of the configuration, without its first word, as
    /// `'word': reason`; an unknown command is found out later.
    static func refusal(of words: [ByteString], _ context: AccessRuleContext) -> String? {
        let rules: [ByteString]
        do throws(Unmatched) {
            rules = try merge(Array(words.dropFirst()))
        } catch {
            return "'\(words[error.index + 1].text)': Unmatched parenthesis"
        }
        var rights = UserRights(context)
        for rule in rules {
            do throws(Refusal) {
                try rights.apply([rule], context)
            } catch {
                if case .unknownCommand = error.reason { continue }
                return "'\(rule.text)': \(error.reason.text)"
            }
        }
        return nil
    }

    /// Why one of several rules cannot be applied.
    struct Refusal: Error {
        /// Among the merged rules.
        let index: Int
        let rule: ByteString
        let reason: AccessRuleError
    }
}

extension UserRights {
    /// Applies merged rules in their order, up to the first that is wrong.
    mutating func apply(
        _ rules: [ByteString], _ context: AccessRuleContext
    ) throws(AccessRules.Refusal) {
        for (index, rule) in rules.enumerated() {
            do throws(AccessRuleError) {
                try rule.withSlice { (rule) throws(AccessRuleError) in try apply(rule, context) }
            } catch {
                throw AccessRules.Refusal(index: index, rule: rule, reason: error)
            }
        }
    }
}
