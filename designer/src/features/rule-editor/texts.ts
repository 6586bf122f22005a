import { texts } from '@/i18n'
import en from './en.json'
import zh from './zh-CN.json'

export const useT = texts({ zh, en })
export type Key = keyof typeof zh
