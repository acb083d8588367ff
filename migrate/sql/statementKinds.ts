// The parser's names: https://github.com/pganalyze/libpg_query/blob/18-latest/protobuf/pg_query.proto
// A kind that stands nowhere here counts as destructive, so a new one errs on the safe side.

/** Kinds that run a query, in which anything can stand. */
export const QUERIES = new Set(
  words(`
  SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt CreateTableAsStmt CopyStmt
  DeclareCursorStmt ExplainStmt PrepareStmt`),
);

/** Kinds that compute something for the rows that are there: what they call is looked at. */
export const COMPUTING = new Set(words(`IndexStmt AlterDomainStmt CreateDomainStmt`));

/** Kinds that lose no row and no value. */
export const HARMLESS = new Set(
  words(`
  CreateStmt CreateSchemaStmt CreateSeqStmt CreateFunctionStmt CreateTrigStmt CreateEventTrigStmt
  CreateExtensionStmt CreateRoleStmt CreateDomainStmt CreateEnumStmt CreateRangeStmt CreateStatsStmt
  CreatePolicyStmt CreateCastStmt CreateConversionStmt CreateTransformStmt CreateOpClassStmt
  CreateOpFamilyStmt CreatePLangStmt CreateAmStmt CreateFdwStmt CreateForeignServerStmt
  CreateForeignTableStmt CreateUserMappingStmt CreatePublicationStmt CreateSubscriptionStmt
  CreateTableSpaceStmt CreatedbStmt CompositeTypeStmt DefineStmt IndexStmt RuleStmt ViewStmt
  ImportForeignSchemaStmt

  AlterCollationStmt AlterDatabaseStmt AlterDatabaseSetStmt AlterDatabaseRefreshCollStmt
  AlterDefaultPrivilegesStmt AlterDomainStmt AlterEnumStmt AlterEventTrigStmt
  AlterExtensionContentsStmt AlterFdwStmt AlterForeignServerStmt AlterFunctionStmt
  AlterObjectDependsStmt AlterObjectSchemaStmt AlterOpFamilyStmt AlterOperatorStmt AlterOwnerStmt
  AlterPolicyStmt AlterPublicationStmt AlterRoleStmt AlterRoleSetStmt AlterSeqStmt AlterStatsStmt
  AlterSystemStmt AlterTSConfigurationStmt AlterTSDictionaryStmt AlterTableMoveAllStmt
  AlterTableSpaceOptionsStmt AlterTypeStmt AlterUserMappingStmt RenameStmt ReassignOwnedStmt

  CommentStmt SecLabelStmt GrantStmt GrantRoleStmt DropRoleStmt DropUserMappingStmt

  TransactionStmt ConstraintsSetStmt LockStmt VariableSetStmt VariableShowStmt DiscardStmt
  ListenStmt UnlistenStmt NotifyStmt FetchStmt ClosePortalStmt DeallocateStmt CheckPointStmt
  VacuumStmt ClusterStmt ReindexStmt RefreshMatViewStmt`),
);

/** What is lost with an object of this type, whether or not anything depends on it. */
export const LOSSY_DROPS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "drops a table",
  OBJECT_SCHEMA: "drops a schema",
  OBJECT_SEQUENCE: "drops a sequence, and with it how far it has counted",
  OBJECT_TYPE: "drops a type",
  OBJECT_DOMAIN: "drops a domain",
  OBJECT_MATVIEW: "drops a materialized view",
  OBJECT_EXTENSION: "drops an extension, and with it its tables and types",
};

/** Types of objects that no column hangs on: with CASCADE too, no value goes with them. */
export const PLAIN_DROPS = new Set(
  words(`
  OBJECT_INDEX OBJECT_TRIGGER OBJECT_EVENT_TRIGGER OBJECT_POLICY OBJECT_RULE OBJECT_PUBLICATION
  OBJECT_STATISTIC_EXT OBJECT_TABCONSTRAINT OBJECT_DOMCONSTRAINT OBJECT_CONVERSION OBJECT_TRANSFORM
  OBJECT_TSCONFIGURATION OBJECT_TSDICTIONARY OBJECT_TSPARSER OBJECT_TSTEMPLATE`),
);

/** Parts of ALTER TABLE, and of ALTER TYPE on a composite one, that lose something; the others do not. */
export const LOSSY_ALTERATIONS: Readonly<Record<string, string>> = {
  AT_DropColumn: "drops a column",
  // The old type is not known here, and USING may do anything.
  AT_AlterColumnType: "changes a column's type, which rewrites its values",
  AT_SetExpression: "computes a column anew",
  AT_DropIdentity: "drops an identity, and with it how far it has counted",
  AT_SetUnLogged: "makes a table unlogged: no later backup has its rows",
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
