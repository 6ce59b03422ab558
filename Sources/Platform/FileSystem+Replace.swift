import Bytes

// A file becomes visible by: write aside, synchronize, rename, synchronize the directory. So an
// observer, and a start after a loss of power at any moment, finds the old file or the new one,
// whole. These are the only functions that do it. A big file whose writing takes long is begun with
// `beginTemporary`, written and synchronized in steps, and published with `publish`.

extension FileSystem {
    /// Replaces (or creates) a small file by new content, durably.
    ///
    /// On failure the old file is untouched and what was written aside is removed.
    public func replaceFile(
        at path: String, permissions: UInt16 = 0o644, with contents: ByteSlice
    ) throws(IOError) {
        try replaceFile(at: path, permissions: permissions) { file throws(IOError) in
            try file.writeAll(contents)
        }
    }

    /// Replaces (or creates) a file by what `write` writes, durably.
    public func replaceFile(
        at path: String, permissions: UInt16 = 0o644,
        contents write: (any File) throws(IOError) -> Void
    ) throws(IOError) {
        let aside = FilePath.temporary(for: path)
        // What an earlier process left under the name is of no use to anybody.
        let file = try open(aside, .replace, permissions: permissions)
        do throws(IOError) {
            defer { file.close() }
            try write(file)
            try file.synchronize()
        } catch {
            try? remove(aside)
            throw error
        }
        try publish(temporary: aside, as: path)
    }

    /// Gives a file that was written aside and synchronized its final name, durably.
    ///
    /// When the rename fails, the temporary file is removed. When only the directory could not be
    /// synchronized, the new file is in place but a loss of power may bring the old one back; the
    /// error tells, by its operation.
    public func publish(temporary: String, as path: String) throws(IOError) {
        do throws(IOError) {
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronizeDirectory(FilePath.directory(of: path))
    }
}
