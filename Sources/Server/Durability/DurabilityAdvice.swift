import Bytes

/// Something about the safety of the data that its owner should know, and what can be done.
struct DurabilityAdvice: Equatable {
    /// How much it matters; the order in which advice is told.
    enum Weight: String, Equatable, CaseIterable {
        /// Data is at risk now that the settings promise to keep.
        case danger
        /// It will be, or something that was configured does not work.
        case warning
        /// Worth knowing.
        case note
    }

    let weight: Weight
    /// What it is about, for scripts.
    let subject: String
    /// What is the case.
    let text: String
    let remedy: String

    /// Every judgement, each a function of the facts that finds something or nothing.
    static let judgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] =
        logJudgements + dumpJudgements + diskJudgements + directoryJudgements
        + settingsJudgements + hostJudgements

    /// What there is to say, the most important first.
    static func all(_ facts: DurabilityFacts) -> [DurabilityAdvice] {
        let found = judgements.compactMap { $0(facts) }
        return Weight.allCases.flatMap { weight in found.filter { $0.weight == weight } }
    }

    /// `DURABILITY DOCTOR`.
    static func text(_ advice: [DurabilityAdvice]) -> String {
        guard !advice.isEmpty else {
            return "Nothing is at risk beyond what the settings say.\n"
        }
        var text = ""
        for (index, one) in advice.enumerated() {
            text += "\(index + 1). [\(one.weight.rawValue)] \(one.subject): \(one.text)\n"
            text += "   \(one.remedy)\n"
        }
        return text
    }

    /// An array of objects.
    static func append(_ advice: [DurabilityAdvice], to json: inout JSONWriter) {
        json.beginArray()
        for one in advice {
            json.beginObject()
            json.name("weight")
            json.string(one.weight.rawValue)
            json.name("subject")
            json.string(one.subject)
            json.name("text")
            json.string(one.text)
            json.name("remedy")
            json.string(one.remedy)
            json.endObject()
        }
        json.endArray()
    }
}
