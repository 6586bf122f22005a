// Package schemas says what can be said: the JSON Schemas of definitions, the
// list of complaint codes, and the checks of documents against them. It
// imports nothing of the module, and nothing else imports jsonschema.
//
// There are two checks. [Validate] checks a definition with jsonschema, the
// reference, behind a [Guard] against documents that would harm it. A [Checker]
// checks submitted records in one pass over their bytes; it gives the same
// verdicts, which the tests prove, and asks the reference for the list of
// problems when a document is not in order.
package schemas
