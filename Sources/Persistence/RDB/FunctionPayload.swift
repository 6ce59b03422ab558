import Bytes

/// The libraries of functions in the form that `FUNCTION DUMP` answers and `FUNCTION RESTORE` takes.
///
/// Each library is the opcode 245 and its code as a string, as in a file; then comes the footer of a
/// value's payload (`DumpPayload`).
public enum FunctionPayload {
    public enum Failure: Error, Equatable, Sendable {
        /// Something else than a library stands where one should.
        case notAFunction
        case damaged
    }

    /// - Parameter version: of the format.
    public static func make(
        _ codes: [ByteString], compressing: Bool, version: Int = RDBFormat.currentVersion
    ) -> ByteBuffer {
        var payload = ByteBuffer()
        for code in codes { payload.append(functionLibrary: code, compressing: compressing) }
        DumpPayload.seal(&payload, version: version)
        return payload
    }

    /// The codes in a payload that is intact.
    public static func libraries(in payload: ByteSlice) throws(Failure) -> [ByteString] {
        precondition(payload.count >= DumpPayload.footerSize)
        var input = RDBInput(
            payload[..<(payload.count - DumpPayload.footerSize)], step: .readFunctions)
        var codes: [ByteString] = []
        while input.remaining > 0 {
            let code: ByteString?
            do throws(RDBError) {
                let opcode = try input.byte()
                code =
                    opcode == RDBFormat.Opcode.functionLibrary ? try input.ownedString() : nil
            } catch {
                throw .damaged
            }
            guard let code else { throw .notAFunction }
            codes.append(code)
        }
        return codes
    }
}

extension ByteBuffer {
    /// Appends a library as in a file.
    mutating func append(functionLibrary code: ByteString, compressing: Bool) {
        append(RDBFormat.Opcode.functionLibrary)
        var scratch = ByteBuffer()
        code.withSlice { code in
            append(rdbString: code, compressing: compressing, scratch: &scratch)
        }
    }
}
