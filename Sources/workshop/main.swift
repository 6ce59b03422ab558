import Configuration

// Writes the documents that are derived from declarations. To bring one up to date:
//
//     swift run workshop reference directives > docs/reference/directives.md

switch CommandLine.arguments.dropFirst().joined(separator: " ") {
case "reference directives": print(DirectiveReference.markdown, terminator: "")
default: print("usage: workshop reference directives")
}
