import Platform
import Testing

@Suite struct FilePathTests {
    @Test(arguments: [
        ("a/b", "a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("/a/b/c", "/a/b", "c"),
    ])
    func splits(path: String, directory: String, name: String) {
        #expect(FilePath.directory(of: path) == directory)
        #expect(FilePath.name(of: path) == name)
    }

    @Test func joins() {
        #expect(FilePath.join("a", "b") == "a/b")
        #expect(FilePath.join("a/", "b") == "a/b")
        #expect(FilePath.join(".", "b") == "b")
        #expect(FilePath.join("a", "/b") == "/b")
        #expect(FilePath.temporary(for: "/data/x") == "/data/temp-x")
        #expect(FilePath.temporary(for: "x") == "temp-x")
    }
}
