// Package testdb gives tests a real database: the one that the environment names
// (PBUF_POSTGRES_DSN, PBUF_MYSQL_DSN), else one of their own, if the server
// programs are installed and the project's scripts are there to start it. A test
// is skipped, and says so, where there is neither.
//
// It also has a Proxy that loses the reply to what was sent.
package testdb
