import Bytes
import Platform
import PlatformSimulation

extension SimulatedFileSystem {
    func text(_ path: String) -> String? {
        peek(path).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension File {
    func writeAll(_ text: String) throws(IOError) {
        try text.withSlice { bytes throws(IOError) in try self.writeAll(bytes) }
    }
}
