import Configuration
import Platform

/// What both programs do around their work: version, help, failures, the exit status.
enum ToolProgram {
    /// Everything is as it should be.
    static let success: Int32 = 0
    /// Something is not, or the work could not be done.
    static let failure: Int32 = 1

    /// Lets a program do its work.
    ///
    /// - Parameters:
    ///   - usage: printed below what is wrong with the arguments.
    ///   - work: gets the arguments, and returns the exit status.
    static func run(
        _ words: [String], _ output: ToolOutput, _ manual: ToolManual,
        usage: (ToolOutput) -> Void, work: (ToolArguments) throws(ToolFailure) -> Int32
    ) -> Int32 {
        do throws(ToolFailure) {
            let arguments = try ToolArguments(words, manual.options)
            if arguments.has("--version") {
                let name = FilePath.name(of: output.name)
                output.line("\(name) \(ProductVersion.ledgerstone)")
                try output.finish()
                return success
            }
            if arguments.has("--help") {
                manual.page(FilePath.name(of: output.name)).forEach(output.line)
                try output.finish()
                return success
            }
            let status = try work(arguments)
            try output.finish()
            return status
        } catch {
            output.end()
            output.flush()
            if let text = error.text, !error.isBrokenPipe { output.complain(text) }
            if case .usage = error {
                usage(output)
                output.flush()
            }
            return failure
        }
    }
}
