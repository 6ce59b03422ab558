import Persistence

extension AOFInspection {
    func writeJSON(_ source: AOFSource, isSound: Bool) {
        var json = JSONText(to: output)
        json.beginObject()
        json.value("path", source.path)
        if case .set = source {
            json.value("kind", "set")
        } else {
            json.value("kind", "file")
        }
        json.value("sound", isSound)
        json.value("verdict", verdictWord)
        json.beginArray("files")
        for report in reports { report.write(to: &json) }
        json.endArray()
        if let judgement { write(judgement, to: &json) }
        if let change { change.write(to: &json) }
        json.beginArray("lines")
        for line in output.held { json.value(nil, line) }
        json.endArray()
        json.endObject()
        json.finish()
    }

    /// The worst of the files.
    private var verdictWord: String {
        let order: [AOFFileReport.Verdict] = [.damaged, .torn, .superseded, .intact]
        if case .refuse = judgement?.verdict, reports.allSatisfy(\.isAcceptable) {
            return "refused"
        }
        if reports.contains(where: { $0.unknownCommand != nil }) { return "refused" }
        for verdict in order where reports.contains(where: { $0.verdict == verdict }) {
            return verdict.word
        }
        return AOFFileReport.Verdict.empty.word
    }

    private func write(_ judgement: Judgement, to json: inout JSONText) {
        json.beginObject("server")
        switch judgement.verdict {
        case .refuse(let refusal):
            json.value("starts", false)
            json.value("reason", refusal.reason)
            if let file = refusal.file { json.value("file", file) }
            if let offset = refusal.offset { json.value("offset", offset) }
            if let detail = refusal.detail { json.value("detail", detail) }
            json.beginArray("remedies")
            for remedy in refusal.remedies { json.value(nil, remedy) }
            json.endArray()
        case .loadLog(let plan):
            let unknown = reports.lazy.compactMap(\.unknownCommand).first
            json.value("starts", unknown == nil)
            if let unknown { json.value("reason", unknown.text) }
            json.beginArray("cuts")
            for file in plan.files where file.validSize < file.size {
                json.beginObject()
                json.value("file", file.name)
                json.value("offset", file.validSize)
                json.value("size", file.size - file.validSize)
                json.endObject()
            }
            json.endArray()
        case .startEmpty, .loadDump, .convertDump: json.value("starts", true)
        }
        json.endObject()
    }
}
